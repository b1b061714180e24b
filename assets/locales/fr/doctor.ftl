# L'examen du poste.
doctor-root = Droits d'administrateur : oui
doctor-no-root = Droits d'administrateur : non (seuls les ateliers « sur ce poste » sont possibles)
doctor-mend-root = Relancez avec « sudo » pour les ateliers qui demandent des machines.
doctor-kernel = Noyau : { $name } disponible
doctor-no-kernel = Noyau : { $name } absent
doctor-mend-kernel = Utilisez le noyau de votre distribution (paquet linux-image-amd64 ou linux-generic), qui fournit { $name }.
doctor-mend-kernel-ubuntu = Installez le paquet { $package }, qui fournit { $name }, ou utilisez le noyau linux-generic.
doctor-namespaces = Noyau : espaces de noms disponibles
doctor-no-namespaces = Noyau : espaces de noms absents ({ $names })
doctor-cgroups = Groupes de contrôle : { $layout }
doctor-system = Système : { $name }
doctor-other-system = Système : { $name }, hors de ceux qui sont suivis (Debian 12 et 13, Ubuntu 22.04 et 24.04)
doctor-mend-other-system = Si les machines ne démarrent pas, importez une base construite sur un système suivi : « sudo paillasse base import FICHIER ».
doctor-kernel-release = Noyau : version { $release }
doctor-kernel-old = Noyau : version { $release }, trop ancienne (il faut { $oldest } ou plus récent)
doctor-mend-kernel-old = Installez un noyau plus récent de votre distribution, puis redémarrez le poste.
doctor-old-cgroups = Groupes de contrôle : v1 seulement ; systemd ne peut pas démarrer dans une machine
doctor-mend-old-cgroups = Redémarrez le poste avec le paramètre de noyau « systemd.unified_cgroup_hierarchy=1 ».
doctor-apparmor = Espaces de noms utilisateur : réservés par AppArmor aux programmes privilégiés, sans effet sur les ateliers que root construit
doctor-no-user-namespaces = Espaces de noms utilisateur : interdits sur ce poste
doctor-mend-user-namespaces = Donnez à « user.max_user_namespaces » une valeur non nulle (sysctl), par exemple 10000.
doctor-no-cgroups = Groupes de contrôle : aucun
doctor-mend-cgroups = Montez cgroup2 sur /sys/fs/cgroup (systemd le fait de lui-même).
doctor-limit = Groupes de contrôle : « { $name } » limite chaque machine
doctor-no-limit = Groupes de contrôle : « { $name } » absent, les machines ne sont pas limitées par lui
doctor-mend-limit = Démarrez avec le noyau et les options de votre distribution (sans « cgroup_disable={ $name } »).
doctor-isolation = Noyau : les machines sont isolées de ce poste (espace d'utilisateurs)
doctor-isolation-unpacked = Noyau : les machines sont isolées de ce poste (espace d'utilisateurs) ; avant Linux 6.2, la base est dépaquetée une fois (600 Mo)
doctor-no-isolation = Noyau : les machines ne peuvent pas être isolées de ce poste
doctor-space = Place libre dans { $path } : { $free }
doctor-mend-space = Faites de la place : une machine peut écrire jusqu'à 4 Go.
doctor-tools = Outils de construction de la base : présents
doctor-no-tools = Outils de construction de la base : il manque { $packages }
doctor-mend-install = Lancez « sudo paillasse doctor --install ».
doctor-base = Base des machines : { $hash }
doctor-no-base = Base des machines : absente
doctor-base-unreadable = Base des machines : illisible ({ $error })
doctor-mend-base-unreadable = Relancez avec « sudo ».
doctor-no-apt = Ce système n'utilise pas apt. Installez vous-même { $packages }, ou importez une base construite sur un autre poste : « sudo paillasse base import FICHIER ».
doctor-apt-failed = « { $command } » a échoué. Lisez le message ci-dessus, corrigez, puis relancez.
doctor-plan = Pour créer les machines des ateliers, il faut une base Debian : environ 450 Mo à télécharger, 250 Mo gardés, 5 minutes.{ $count ->
    [0] { "" }
   *[other] { " " }Paquets à installer sur ce poste : { $packages }.
} Aucun service ne sera installé ni lancé sur ce poste.
doctor-ask = Continuer ? [O/n]
doctor-refused = Rien n'a été installé.
doctor-base-older = Base des machines : { $hash }, construite par une autre version
doctor-mend-base-older = Lancez « sudo paillasse base build » : des ateliers récents peuvent demander des paquets qu'elle n'a pas.
