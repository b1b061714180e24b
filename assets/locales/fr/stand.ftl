# Les machines de l'atelier.
stand-io = { $full ->
    [1] { $doing } : le disque est plein. Faites de la place, puis recommencez. Rien n'est perdu.
   *[other] { $doing } : { $error }.
}
stand-full = { $doing }.
    Le disque où se trouve { $path } est plein. Faites de la place (« df -h { $path } » montre ce qui reste), puis recommencez. Rien n'est perdu.
stand-no-kernel = Le noyau de ce poste n'a pas « { $name } », dont les machines ont besoin. { $mend }
stand-needs-root = Il faut être administrateur pour construire des machines. Relancez avec « sudo ».
stand-no-unit = L'atelier demande d'activer « { $unit } » sur { $machine }, mais la base n'a pas cette unité systemd. Corrigez « enable » dans lab.toml.
stand-no-machine = Aucune machine ne s'appelle { $machine }. Celles-ci existent : { $names }.
stand-machine-down = La machine { $machine } est arrêtée. Redémarrez l'atelier ou réinitialisez la machine.
stand-not-ready = La machine { $machine } n'a pas fini de démarrer. Ses derniers mots :
    { $last }
stand-setup-failed = Le script { $script } a échoué sur { $machine } (code { $status }). Ses derniers mots :
    { $last }
stand-no-lab = Aucun atelier ne s'appelle « { $lab } ». « paillasse list » les montre tous.
stand-no-solution = Cet atelier n'a pas de solution « { $name } ». Il a : { $names }.
stand-none-has = Aucun atelier en cours n'a de machine « { $machine } ». « paillasse stand list » les montre toutes.
stand-several = Plusieurs ateliers ont une machine « { $machine } ». Précisez laquelle : { $names }.
stand-unknown = Aucun atelier en cours ne s'appelle « { $stand } ». « paillasse stand list » les montre tous.
stand-spared = { $stand } est conservé : une tentative en cours s'y reprendra. Pour le démonter quand même : paillasse stand down { $stand }
stand-list-none = Aucune machine d'atelier sur ce poste.
stand-up = en marche
stand-down = à l'arrêt
stand-step-base = Ouverture de la base
stand-step-ready = { $machine } est prête
stand-step-setup = Mise en situation de { $machine } ({ $script })
stand-step-reset = Retour de { $machine } à son état de départ
stand-step-down = Arrêt de { $stand }
stand-do-write = Le dossier de l'atelier n'a pas pu être écrit
stand-do-ask = Le gardien des machines ne répond plus
stand-do-keeper = Le gardien des machines n'a pas pu démarrer
stand-do-isolate = Le gardien des machines n'a pas pu s'isoler du poste
stand-do-listen = Le gardien des machines n'a pas pu ouvrir sa porte
stand-do-mount-base = La base n'a pas pu être montée
stand-do-mount = Le disque de { $machine } n'a pas pu être monté
stand-do-network = Le réseau de l'atelier n'a pas pu être construit
stand-do-start = { $machine } n'a pas pu démarrer
stand-do-clear = Les restes de { $machine } n'ont pas pu être retirés
stand-do-keep = L'état de départ des machines n'a pas pu être conservé
stand-do-clean = L'atelier n'a pas pu être entièrement démonté
stand-do-enter = La machine n'a pas pu être atteinte
stand-do-read-plan = Le plan de l'atelier n'a pas pu être lu
stand-bad-address = L'adresse « { $value } » de { $machine } ne se lit pas. Écrivez-la comme 10.0.0.1/24 ou fd00::1/64.
stand-bad-size = La taille « { $value } » du disque { $disk } ne se lit pas. Écrivez-la comme 8GiB.
stand-bad-disk = Le disque « { $disk } » de { $machine } doit s'appeler sdb, sdc… jusqu'à sdz, chaque nom une seule fois.
stand-bad-gateway = La passerelle { $gateway } du réseau { $network } n'y a pas d'adresse.
stand-no-script = Le script « { $script } » n'est pas dans le dossier de l'atelier.
stand-twice = Le nom « { $name } » est donné deux fois dans [stand].
stand-here = Cet atelier porte sur le poste lui-même : il n'a pas de machines à construire.
clean-nothing = Rien à nettoyer : ce poste ne porte aucune trace d'un atelier.
clean-held = { $stand } : laissé en place, l'application s'en sert.
clean-would = { $stand } : serait démonté ({ $processes ->
    [0] aucun processus
    [one] { $processes } processus
   *[other] { $processes } processus
}).
clean-done = { $stand } : démonté ({ $processes ->
    [0] aucun processus
    [one] { $processes } processus arrêté
   *[other] { $processes } processus arrêtés
}).
clean-failed = { $stand } : n'a pas pu être entièrement démonté ({ $error }). Relancez « sudo paillasse clean ».
clean-pruned = Enlevé, plus rien ne s'en servait : bases, { $bases } ; couches préparées, { $layers }.
stand-do-disk = Le disque { $disk } de { $machine } n'a pas pu être branché
stand-do-trial = Les disques virtuels n'ont pas pu être essayés
stand-step-prepare = Préparation de { $machine } ({ $script }), une seule fois sur ce poste
stand-step-packages = Ajout des paquets { $names }, une seule fois sur ce poste
stand-do-fetch = apt n'a pas pu être lancé pour télécharger des paquets
stand-no-packages =
    Les paquets { $names }, que cet atelier ajoute à la base, n'ont pas pu être téléchargés. Reliez ce poste au réseau (un miroir Debian, ou celui de PAILLASSE_MIRROR) puis recommencez : ils sont ensuite gardés. Les autres ateliers n'en dépendent pas.
        { $last }
stand-do-layer = La couche préparée de { $machine } n'a pas pu être construite
stand-left-process = le processus { $pid } ({ $name })
stand-left-mount = le montage { $at }
stand-left-link = la liaison réseau { $name }
stand-left-loop = le périphérique { $device } { $file }
stand-left-cgroup = le groupe de contrôle { $path }
stand-left-folder = le dossier { $path }
stand-disk-needs-privileged = Un disque virtuel demande isolation = "privileged" dans [stand]. Corrigez lab.toml.
stand-do-user-namespace = Les machines n'ont pas pu être isolées dans un espace d'utilisateurs
stand-jailed = Paillasse tourne ici dans un répertoire racine changé (chroot) : une machine d'atelier n'y serait pas isolée du PC. Lancez-la sur le PC lui-même, ou dans un conteneur qui a son propre espace de montage.
