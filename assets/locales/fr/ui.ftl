# L'application plein écran.

# Messages hors de l'écran
ui-no-terminal = Paillasse a besoin d'un terminal. Dans un script, employez « paillasse run LAB --plain » ou « paillasse list --json ».
ui-terminal-failed = Le terminal ne répond plus : { $error }
ui-crash = Paillasse s'est arrêtée sur une erreur interne. Votre travail est gardé : relancez « paillasse » et reprenez.
    { $what }
ui-too-small = Terminal trop petit ({ $width } × { $height }). Il faut au moins 60 colonnes × 20 lignes ; 80 × 24 ou plus est confortable. Agrandissez la fenêtre : rien n'est perdu.

# Carte des compétences
ui-map-subtitle = Technicien d'assistance en informatique · 2023
ui-map-reading = Lecture des ateliers…
ui-map-no-lab = Pas encore d'atelier pour cette compétence.
ui-map-problems = { $count ->
    [one] { $count } atelier illisible : voyez « paillasse lab check »
   *[other] { $count } ateliers illisibles : voyez « paillasse lab check »
}
ui-activity-1 = ASSISTER OU DÉPANNER
ui-activity-2 = METTRE EN SERVICE
ui-activity-3 = INFRASTRUCTURE
ui-competence-1 = Incidents et parc
ui-competence-2 = Collaboratif
ui-competence-3 = Diagnostic
ui-competence-4 = Poste utilisateur
ui-competence-5 = Composants
ui-competence-6 = Sécurité, données
ui-competence-7 = Équipements réseau
ui-competence-8 = Réseau sécurisé
ui-competence-9 = Active Directory
ui-level = niveau { $level }
ui-standing-under-way = en cours { $clock }
ui-standing-due = à revoir
ui-standing-due-in = à revoir dans { $days } j
ui-standing-again = à reprendre
ui-advice-due = acquis, à revoir maintenant
ui-advice = Conseillé : « { $title } » ({ $why })
ui-advice-under-way = commencé, à reprendre
ui-advice-new = { $level ->
    [1] premier pas
    [2] entraînement
   *[other] niveau de l'examen
}
ui-advice-weakest = votre résultat le plus fragile
ui-no-such-lab = Aucun atelier ne s'appelle « { $lab } ». « paillasse list » les donne tous.

# Page d'un atelier
ui-ticket = Ticket { $number } · { $channel }
ui-channel-phone = appel
ui-channel-mail = courriel
ui-channel-portal = portail
ui-channel-visit = au guichet
ui-channel-alert = supervision
ui-sla = Réponse sous { $respond } · résolution sous { $resolve }
ui-order = Bon de travail
ui-machines = Machines
ui-machine-here = Ce poste, celui sur lequel vous travaillez.
ui-unconfigured = à configurer
ui-gateway = {" "} passerelle
ui-disk = disque { $name } · { $size }
ui-start = Au démarrage
ui-start-here = Cet atelier porte sur ce poste. Paillasse regarde sans rien modifier ni installer.
ui-start-stand = { $machines }, { $networks }, { $disks } : tout est isolé de ce PC et disparaît à la fin. Rien n'y est installé.
ui-count-machines = { $n ->
    [one] { $n } machine
   *[other] { $n } machines
}
ui-count-networks = { $n ->
    [0] sans réseau
    [one] { $n } réseau privé
   *[other] { $n } réseaux privés
}
ui-count-disks = { $n ->
    [0] aucun disque ajouté
    [one] { $n } disque virtuel
   *[other] { $n } disques virtuels
}
ui-start-under-way = Une tentative est en cours : { $clock } de travail. Elle reprend où vous l'avez laissée.
ui-start-best = Votre meilleur résultat : { $earned }/{ $total }.
ui-start-ready = Tout est prêt.
ui-missing-root = Fabriquer des machines demande les droits d'administrateur. Quittez, puis lancez « sudo paillasse ».

# Étapes
ui-progress-start = Préparation des machines
ui-progress-resume = Reprise de la tentative
ui-progress-reset = Remise à neuf
ui-progress-finish = Vérification finale
ui-progress-abandon = Abandon de la tentative
ui-progress-wait = Un instant…

# Travail
ui-tab-brief = Consigne
ui-tab-criteria = Critères
ui-tab-hints = Indices
ui-tab-ticket = Ticket
ui-tab-questions = Questions
ui-work-met = { $met }/{ $all } { $met ->
    [one] acquis
   *[other] acquis
}
ui-work-points = pts
ui-work-left = reste { $clock }
ui-work-over = dépassé de { $clock }
ui-work-checking = vérification…
ui-not-checked = pas encore vérifié
ui-no-answer = sans réponse
ui-left-out = sans objet sur ce PC : { $why }
ui-guard = à préserver (−{ $points })
ui-lost = perdu à { $lost } (acquis à { $met })
ui-lost-guard = perdu à { $lost } (acquis au départ)
ui-waits-for-end = vérifié quand vous terminez
ui-expected = attendu
ui-found = constaté
ui-source = vu par
ui-look = voyez
ui-waits = attend
ui-right-answer = réponse
ui-hint = Indice
ui-hint-taken = Indice { $n } (−{ $cost })
ui-hint-next = F3 donne un indice choisi d'après l'état des machines. Il coûte { $cost ->
    [one] { $cost } point
   *[other] { $cost } points
}.
ui-hint-none = Il ne reste pas d'indice pour ce qui manque.
ui-shell-here = ce poste
ui-shell-ended = Le shell est terminé. Entrée en ouvre un autre.
ui-shell-failed = Impossible d'ouvrir un terminal sur { $machine } : { $error }
ui-notice-all-met = Tout est acquis. F10 termine et rend.
ui-notice-no-hint = Il ne reste pas d'indice pour ce qui manque.
ui-notice-aside = Tentative mise de côté : l'horloge est arrêtée, les machines vous attendent.

# Bilan
ui-debrief = Bilan
ui-debrief-score = { $earned } points sur { $total }
ui-debrief-time = { $clock } de travail · { $hints ->
    [0] sans indice
    [one] { $hints } indice
   *[other] { $hints } indices
}
ui-debrief-checked = Ce qui a été vérifié
ui-debrief-timeline = Déroulé
ui-debrief-ways = Façons de faire de référence
ui-debrief-read = À lire
ui-debrief-jury = Ce que le jury observe
ui-debrief-jury-text = Aucune machine ne vérifie ces points : évaluez-vous.
ui-turn-hint = indice { $n }
ui-turn-answered = réponse : { $question }
ui-turn-reset = { $machine } remise à neuf
ui-turn-reset-all = toutes les machines remises à neuf
ui-turn-gone = machines disparues : repris sur des machines neuves

# Questions posées avant d'agir
ui-error = Quelque chose n'a pas marché
ui-ask-hint = Prendre un indice ?
ui-ask-hint-text = { $cost ->
    [0] Il est gratuit.
    [one] Il coûte { $cost } point, même si vous ne vous en servez pas.
   *[other] Il coûte { $cost } points, même si vous ne vous en servez pas.
}
ui-ask-reset = Remettre à neuf ?
ui-ask-reset-text = La machine « { $machine } » revient à son état de départ : tout ce que vous y avez fait est perdu. L'horloge continue.
ui-ask-reset-all = Toutes les machines reviennent à leur état de départ : tout ce que vous y avez fait est perdu. L'horloge continue.
ui-ask-finish = Terminer et rendre ?
ui-ask-finish-text = Tout est vérifié une dernière fois, au besoin après redémarrage des machines. Puis elles sont démontées et le bilan s'affiche.
ui-ask-leave = Mettre la tentative de côté ?
ui-ask-leave-text = L'horloge s'arrête et les machines restent. Vous reprendrez d'ici, même après un redémarrage du PC. Vos shells ouverts seront fermés.
ui-ask-abandon = Abandonner cette tentative ?
ui-ask-abandon-text = Les machines sont démontées, et la tentative ne compte pas.
ui-ask-renew = Repartir de machines neuves ?
ui-ask-renew-text = Les machines de cette tentative n'existent plus. L'horloge, les indices et les réponses sont gardés ; le travail fait sur les machines est à refaire.

# Touches
ui-key-enter = Entrée
ui-key-shift-page-up = Maj-Pg préc
ui-key-esc = Échap
ui-key-choose = choisir
ui-key-open = ouvrir
ui-key-suggested = le conseillé
ui-key-competence = compétence
ui-key-help = aide
ui-key-language = English
ui-key-quit = quitter
ui-key-start = commencer
ui-key-resume = reprendre
ui-key-abandon = abandonner
ui-key-scroll = défiler
ui-key-back = retour
ui-key-map = carte
ui-key-hint = indice
ui-key-check = vérifier
ui-key-switch = volet
ui-key-finish = terminer
ui-key-reset = à neuf
ui-key-zoom = agrandir
ui-key-shell = shell
ui-key-leave-program = quitter le terminal (les autres touches vont au programme)
ui-key-yes = oui
ui-key-no = non
ui-key-all-machines = toutes les machines
ui-key-close = fermer

# Aide
ui-help-title = Aide
ui-help-map = La carte montre les neuf compétences du titre et leurs ateliers. Un atelier compte comme fait à partir de trois quarts de ses points.
ui-help-map-arrows = choisir une compétence, puis un atelier
ui-help-map-digits = aller à une compétence
ui-help-map-enter = entrer dans la liste, ouvrir l'atelier
ui-help-map-suggested = ouvrir l'atelier conseillé
ui-help-quit = quitter
ui-help-lab = Lisez le ticket et le bon de travail. Rien n'est fabriqué avant que vous ne commenciez.
ui-help-lab-enter = commencer, ou reprendre la tentative en cours
ui-help-lab-abandon = abandonner la tentative en cours
ui-help-scroll = faire défiler
ui-help-back = revenir à la carte
ui-help-progress = Les machines se préparent. Chaque ligne dit ce qui se fait.
ui-help-work = Travaillez dans le terminal comme sur une vraie machine : seul le résultat compte, pas la façon. Les critères changent d'eux-mêmes ; F5 les vérifie tous. Quand un programme occupe tout le terminal (éditeur, mc…), toutes les touches lui vont, sauf F12.
ui-help-work-hint = un indice, à son prix
ui-help-work-check = tout vérifier maintenant
ui-help-work-switch = passer d'un volet à l'autre
ui-help-work-leave = quitter le terminal, dans tous les cas
ui-help-work-shells = shell suivant, shell n° …
ui-help-work-new = un shell de plus sur cette machine
ui-help-work-reset = remettre la machine à neuf
ui-help-work-finish = terminer et rendre
ui-help-work-zoom = le terminal en plein écran
ui-help-work-tabs = onglets de gauche
ui-help-work-history = remonter dans le terminal
ui-help-work-aside = mettre la tentative de côté
ui-help-debrief = Le bilan dit, critère par critère, ce qui était attendu, ce qui a été constaté et où.
ui-help-debrief-back = revenir à la carte
ui-help-help = cette aide
ui-help-language = français / English
ui-start-privileged = Isolation réduite : pour monter des disques virtuels, le root de ces machines est celui de ce PC, avec moins de droits.

# Palette
ui-palette = Tout trouver
ui-palette-nothing = Rien ne correspond à « { $typed } ».
ui-palette-lab = atelier
ui-palette-competence = compétence
ui-palette-command = action
ui-palette-tab = volet
ui-palette-machine = machine
ui-palette-language = Changer de langue
ui-palette-help = Aide de cet écran
ui-palette-look-terminal = Couleurs : celles du terminal
ui-palette-look-dark = Couleurs : sombres
ui-palette-look-light = Couleurs : claires
ui-palette-look-contrast = Couleurs : fort contraste
ui-palette-suggested = Ouvrir l'atelier conseillé
ui-palette-quit = Quitter Paillasse
ui-palette-check = Vérifier maintenant
ui-palette-hint = Prendre un indice
ui-palette-finish = Terminer et rendre
ui-palette-reset = Remettre une machine à neuf
ui-palette-new-shell = Ouvrir un autre shell
ui-palette-zoom = Agrandir le terminal
ui-palette-switch = Passer d'un volet à l'autre
ui-palette-aside = Mettre la tentative de côté
ui-key-palette = trouver
ui-help-palette = trouver un atelier, une compétence ou une action par son nom

# Abandon et variantes
ui-progress-give-up = Dernier regard sur les machines
ui-ask-give-up = Abandonner et voir la solution ?
ui-ask-give-up-text = La tentative se termine sans aucun point. La façon de faire de référence s'affiche avec ses commandes, et vous pourrez refaire le même atelier avec d'autres noms et d'autres valeurs.
ui-key-solution = abandonner, voir la solution
ui-palette-give-up = Abandonner et voir la solution
ui-debrief-gave-up = Vous avez demandé la solution : aucun point pour cette fois. Lisez-la, puis appuyez sur « a » : le même atelier revient avec d'autres noms et d'autres valeurs.
ui-debrief-details = « c » montre leurs commandes.
ui-key-details = commandes
ui-key-another = autre variante
ui-help-debrief-details = montrer ou ranger les commandes des façons de faire
ui-help-debrief-another = refaire l'atelier avec d'autres noms et d'autres valeurs
