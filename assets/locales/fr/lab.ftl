# Ce que dit la lecture des laboratoires : unités, erreurs, notes à l'auteur.
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
lab-unreadable = ce laboratoire ne se lit pas : { $error }
lab-duplicate-lab = deux laboratoires portent l'identifiant « { $id } » : { $first } et { $second }
lab-duplicate-lab-help = le premier est gardé ; donnez un autre identifiant au second
lab-no-right-help = donnez le droit de lecture : chmod -R u+rX { $path }
lab-no-folder-help = vérifiez le chemin donné à --labs
lab-not-text-help = un laboratoire ne contient que des textes en UTF-8
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
lab-unknown-lab = aucun laboratoire ne s'appelle « { $id } »
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
lab-show-here = {"  "}Rien : ce laboratoire porte sur ce PC, et se contente de le regarder.
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
    [one] Un problème dans les laboratoires
   *[other] { $count } problèmes dans les laboratoires
} : paillasse lab check dit lesquels.
