# Ce que disent les sondes : d'où vient l'observation, pourquoi elle manque.
probe-no-right = droits insuffisants pour lire { $subject }
probe-timed-out = { $subject } n'a pas répondu à temps
probe-io = { $subject } n'a pas pu être lu : { $error }
probe-too-large = { $subject } est trop volumineux pour être lu
probe-missing-tool = le programme { $tool } n'est pas installé sur la machine
probe-source-file = fichier { $path }
probe-source-command = commande { $command }
probe-source-partition = table de partitions de { $disk }, lue sur le disque
probe-source-filesystem = contenu de { $device }, lu sur le support
probe-source-mount = montage en cours sur { $target }
probe-source-fstab = montage prévu au démarrage sur { $target } (fstab, unités de montage)
probe-source-swap = espace d'échange de { $disk } (/proc/swaps, fstab)
