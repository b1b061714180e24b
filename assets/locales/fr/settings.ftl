# Réglages : settings.toml
settings-head = Réglages de Paillasse. Une ligne absente vaut son réglage d'origine.
    Touches possibles : F1 à F20, Ctrl-lettre, Alt-lettre.
settings-where = Fichier des réglages : { $file }
settings-where-none = Fichier des réglages : { $file } (il n'existe pas encore : créez-le avec ce qui suit)
settings-unreadable = Le fichier { $file } ne se lit pas : { $error }
settings-not-a-key = « { $text } » n'est pas une touche qui peut servir ici
settings-not-a-key-help = écrivez F1 à F20, Ctrl-lettre ou Alt-lettre (Ctrl-C quitte toujours) : les autres touches servent à écrire
settings-key-taken = « { $function } » prend la touche de « { $other } »
settings-key-taken-help = choisissez une autre touche, ou donnez-en une autre aussi à « { $other } »
settings-key-quits = Ctrl-C quitte toujours : cette touche ne peut rien faire d'autre
settings-not-kept = Les couleurs changent maintenant, mais le réglage n'a pas pu être gardé dans { $file } : { $error }
settings-key-help = aide de l'écran
settings-key-language = autre langue
settings-key-hint = demander un indice
settings-key-desk = ticket et rapport
settings-key-check = vérifier
settings-key-switch = passer des consignes au terminal, et retour
settings-key-leave = sortir du terminal, même quand un programme le remplit
settings-key-next-shell = terminal suivant
settings-key-new-shell = nouveau terminal
settings-key-reset = remettre une machine à neuf
settings-key-finish = terminer
settings-key-zoom = terminal en plein écran
settings-key-palette = tout trouver par son nom
