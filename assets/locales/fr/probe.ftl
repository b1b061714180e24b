# Ce que disent les sondes : d'où vient l'observation, pourquoi elle manque.
probe-no-right = droits insuffisants pour lire { $subject }
probe-timed-out = { $subject } n'a pas répondu à temps
probe-io = { $subject } n'a pas pu être lu : { $error }
probe-too-large = { $subject } est trop volumineux pour être lu
probe-missing-tool = le programme { $tool } n'est pas installé sur la machine
probe-source-file = fichier { $path }
probe-source-command = commande { $command }
