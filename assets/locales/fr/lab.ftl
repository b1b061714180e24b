# Ce que dit la lecture des ateliers : unités, erreurs, notes à l'auteur.
lab-unit-bad-duration = « { $value } » n'est pas une durée : écrivez par exemple 40min, 1h30min, 2h ou 1d
lab-unit-bad-size = « { $value } » n'est pas une taille : écrivez un nombre et son unité, par exemple 512MiB, 10GB ou 4KiB
lab-unit-bad-mode = « { $value } » n'est pas un jeu de permissions : écrivez-le en octal, par exemple 0644
lab-unit-d = { $n } j
lab-unit-h = { $n } h
lab-unit-min = { $n } min
lab-unit-s = { $n } s
lab-unit-pair = { $first } { $second }
lab-unit-decimal = { $whole },{ $fraction }
lab-unit-b = { $n } o
lab-unit-kb = { $n } ko
lab-unit-mb = { $n } Mo
lab-unit-gb = { $n } Go
lab-unit-tb = { $n } To
lab-unit-kib = { $n } Kio
lab-unit-mib = { $n } Mio
lab-unit-gib = { $n } Gio
lab-unit-tib = { $n } Tio
lab-unit-pib = { $n } Pio
lab-label-error = ici
lab-label-advice = ici
lab-syntax = ce TOML ne se lit pas : { $error }
lab-no-manifest = { $folder } n'a pas de lab.toml
lab-unreadable = cet atelier ne se lit pas : { $error }
lab-duplicate-lab = deux ateliers portent l'identifiant « { $id } » : { $first } et { $second }
lab-duplicate-lab-help = le premier est gardé ; donnez un autre identifiant au second
lab-no-right-help = donnez le droit de lecture : chmod -R u+rX { $path }
lab-no-folder-help = vérifiez le chemin donné à --labs
lab-not-text-help = un atelier ne contient que des textes en UTF-8
lab-bad-subnet = « { $value } » n'est pas un modèle de réseau : écrivez par exemple 10.{"{"}20..250{"}"}.{"{"}0..250{"}"}.0/24, ou fd00:{"{"}1..ffff{"}"}::/64 (bornes en hexadécimal)
lab-empty-pick = rien à tirer : la liste de « pick » est vide
lab-upside-down = les bornes sont à l'envers : { $low } est plus grand que { $high }
lab-person-false = « person » ne peut valoir que true
lab-short-password = un mot de passe a au moins { $least } caractères
lab-template-undefined = la variable « { $name } » n'existe pas : rien ne la tire dans [variant]
lab-template-error = ce modèle ne se lit pas : { $error }
lab-template-raw = si ces accolades appartiennent à un script, entourez la ligne de {"{%"} raw {"%}"} et {"{%"} endraw {"%}"}
lab-did-you-mean = vouliez-vous dire « { $near } » ? Mots admis : { $list }
lab-did-you-mean-only = vouliez-vous dire « { $near } » ?
lab-valid-words = mots admis : { $list }
lab-unknown-lab = aucun atelier ne s'appelle « { $id } »
lab-level-1 = premiers pas
lab-level-2 = pratique
lab-level-3 = examen
lab-needs-root = à lancer avec sudo
lab-needs-base = demande la base : paillasse base build
lab-show-facts = Niveau : { $level } · { $duration } · { $points ->
    [one] { $points } point
   *[other] { $points } points
} · tirage { $seed }
lab-show-ticket = LE TICKET
lab-show-order = L'ORDRE DE TRAVAIL
lab-show-criteria = LES CRITÈRES
lab-show-questions = LES QUESTIONS
lab-show-made = CE QUI SERA CRÉÉ SUR CE PC
lab-show-from = De { $name }, { $role }
lab-channel-phone = par téléphone
lab-channel-mail = par courriel
lab-channel-portal = par le portail
lab-channel-visit = de vive voix
lab-channel-alert = alerte de la supervision
lab-show-sla = Délais convenus : réponse en { $respond }, résolution en { $resolve }
lab-show-guard = vrai au départ, à préserver
lab-show-after-reboot = vérifié après un redémarrage
lab-show-after-restart = vérifié après le redémarrage de { $unit }
lab-show-here = {"  "}Rien : cet atelier porte sur ce PC, et se contente de le regarder.
lab-show-machines = { $count ->
    [one] une machine isolée
   *[other] { $count } machines isolées
} : { $names }
lab-show-networks = { $count ->
    [one] un réseau privé
   *[other] { $count } réseaux privés
} : { $names }
lab-show-disk = un disque virtuel de { $size } : { $name } dans { $machine }
lab-show-pc-untouched = rien n'est installé ni démarré sur le PC lui-même, et tout disparaît à la fin
lab-list-problems = { $count ->
    [one] Un problème dans les ateliers
   *[other] { $count } problèmes dans les ateliers
} : paillasse lab check dit lesquels.
lab-unknown-key = la clé « { $key } » n'existe pas ici
lab-unknown-word = « { $word } » n'est pas admis ici
lab-not-one-key = « { $name } » contient { $count } clés : il en faut exactement une
lab-missing-key = il manque « { $key } » dans « { $name } »
lab-missing-key-help = ajoutez-la (documentation en anglais : { $doc })
lab-wrong-type = « { $name } » attend { $expected }, pas { $found }
lab-type-or = { $a } ou { $b }
lab-type-string = un texte entre guillemets
lab-type-integer = un nombre entier
lab-type-number = un nombre
lab-type-boolean = true ou false
lab-type-date = une date (mettez-la entre guillemets)
lab-type-array = une liste entre crochets
lab-type-object = une table
lab-out-of-range = { $number } est hors des bornes : de { $low } à { $high }
lab-negative = { $number } ne peut pas être négatif
lab-wrong-length = « { $name } » attend { $expected } éléments, pas { $found }
lab-wrong-format = le format { $format } est inconnu de ce programme, qui lit le format { $known }
lab-wrong-id = « { $id } » n'est pas un identifiant : minuscules, chiffres et tirets seulement
lab-id-not-folder = l'identifiant « { $id } » doit être aussi le nom du dossier, qui s'appelle « { $folder } »
lab-wrong-level = le niveau { $level } n'existe pas : 1 (premiers pas), 2 (pratique) ou 3 (examen)
lab-no-competence = la compétence « { $id } » n'est pas dans l'édition 2023 du titre
lab-no-skill = le savoir-faire « { $id } » n'est dans aucun référentiel
lab-wrong-variable = « { $name } » n'est pas un nom de variable : minuscules, chiffres et « _ », sans chiffre au début ; « seed » est réservé
lab-here-makes-nothing = un atelier sur ce PC (driver = "here") ne crée ni machine, ni réseau, ni disque
lab-no-machines = il faut au moins une machine : [[stand.machine]]
lab-no-machine = aucune machine ne s'appelle « { $name } »
lab-wrong-name = « { $name } » n'est pas un nom : minuscules, chiffres et tirets, { $most } caractères au plus
lab-twice = « { $name } » est déjà pris
lab-wrong-attach = « { $value } » n'est pas une suite d'adresses : écrivez « 10.0.0.1/24 », « 10.0.0.1/24 fd00::1/64 » ou « unconfigured »
lab-gateway-not-attached = la passerelle « { $name } » n'est pas sur ce réseau
lab-wrong-disk = « { $name } » n'est pas un nom de disque : écrivez sdb, sdc…
lab-no-init = sans systemd (init = "none"), aucune unité ne peut être active sur « { $name } » : retirez « enable » ou « init »
lab-wrong-package = « { $name } » n'est pas un nom de paquet Debian : minuscules, chiffres, « + », « - » et « . »
lab-no-script = le fichier « { $name } » n'est pas dans le dossier de l'atelier
lab-no-criterion = aucun critère ni aucune question ne s'appelle « { $name } »
lab-no-question = aucune question ne s'appelle « { $name } »
lab-no-solution = aucune solution ne s'appelle « { $name } »
lab-breaks-nothing = ce sabotage ne casse rien : nommez dans « breaks » ce qui n'est plus acquis
lab-no-brief = { $folder } : l'ordre de travail { $name } manque ou est vide
lab-empty-text = ce texte est vide en « { $lang } »
lab-note-no-sabotage = aucun sabotage ne casse « { $id } » : rien ne prouve qu'un mauvais état serait vu
lab-note-no-sabotage-help = ajoutez un [[sabotage]] qui le nomme dans « breaks »
lab-note-few-solutions = { $count ->
    [one] une seule solution
   *[other] { $count } solutions
} : rien ne prouve qu'une autre façon de faire est acceptée
lab-note-few-solutions-help = ajoutez une [[solution]] par un autre outil
lab-note-no-skills = cet atelier ne cite aucun savoir-faire
lab-note-no-skills-help = citez-les dans « skills » : paillasse lab coverage les liste
lab-note-literal-command = cet indice donne la commande d'une solution : { $command }
lab-note-literal-command-help = dites ce qu'il faut chercher, pas ce qu'il faut taper
lab-note-one-language = ce texte est le même en français et en anglais
lab-note-one-language-help = traduisez-le
lab-note-unused-file = rien ne se sert du fichier { $name }
lab-note-unused-file-help = nommez-le dans lab.toml ou retirez-le
lab-new-exists = { $path } existe déjà
lab-new-exists-help = choisissez un autre identifiant, ou un autre dossier avec --labs
lab-new-done = L'atelier est dans { $path }. Complétez lab.toml, puis : paillasse lab check { $path }
lab-check-no-path = { $path } n'existe pas
lab-check-nothing = aucun atelier ici : un atelier est un dossier qui contient un lab.toml
lab-check-summary = { $labs ->
    [0] Aucun atelier lu
    [one] Un atelier lu
   *[other] { $labs } ateliers lus
}, { $problems ->
    [0] aucun problème
    [one] un problème
   *[other] { $problems } problèmes
}, { $notes ->
    [0] aucune remarque
    [one] une remarque
   *[other] { $notes } remarques
}.
lab-coverage-edition = ÉDITION { $year }
lab-coverage-total = { $covered } savoir-faire sur { $total } : { $criterion } par un critère, { $question } par une question, { $document } par un document, { $observed } par l'observation du jury
lab-template-no-attribute = « { $name } » n'existe pas : un réseau a host(n), address, netmask, prefix et broadcast ; une personne a first, last et login
lab-here-isolates-nothing = un atelier sur ce PC (driver = "here") n'a pas de machine à isoler : retirez « isolation »
lab-disk-needs-privileged = un disque virtuel demande isolation = "privileged" dans [stand] : dans un espace d'utilisateurs, root ne peut pas monter de disque
lab-note-privileged = cet atelier demande l'isolation « privileged » sans avoir de disque virtuel
lab-note-privileged-help = sans raison de monter un périphérique, retirez « isolation » : un atelier demande le moins de droits possible
lab-show-privileged = Isolation réduite : cet atelier monte des disques virtuels, le root de ses machines est donc celui de ce PC, avec moins de droits.
