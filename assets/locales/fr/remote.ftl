# Les machines préparées, jointes par SSH.
lab-ssh-prepared = une machine jointe par SSH est préparée d'avance : l'atelier ne peut ni la construire ni la modifier. Retirez cette ligne, ou employez driver = "container"
remote-no-file = Cet atelier porte sur des machines préparées, que le fichier { $file } doit décrire : nom, adresse (host), clé privée (key) et clé publique de la machine (host-key). Il n'existe pas.
remote-bad-file = Le fichier { $file } ne se lit pas :
    { $error }
remote-no-machine = La machine « { $name } » n'est pas dans { $file }. Ajoutez-y [{ $name }] avec host, key et host-key.
remote-bad-entry = Pour la machine { $machine }, « { $field } » ne convient pas : « { $value } ». Corrigez { $file }.
remote-do-read = Le fichier { $file } n'a pas pu être lu
remote-do-write = Les clés des machines n'ont pas pu être écrites
remote-do-pack = L'agent n'a pas pu être préparé pour l'envoi
remote-do-restart = { $machine } n'a pas pu être jointe pour relancer un service
remote-no-ssh = Le client SSH n'a pas pu être lancé ({ $error }). Installez le paquet « openssh-client ».
remote-wrong-host-key = { $machine } n'a pas la clé attendue : ce n'est peut-être pas la bonne machine. Vérifiez-la, puis « host-key ».
remote-open-key = La clé privée pour { $machine } est lisible par d'autres que vous. Retirez ces droits : chmod 600.
remote-key-refused = { $machine } refuse la clé. Ajoutez la clé publique au fichier authorized_keys de l'utilisateur indiqué.
remote-no-sudo = L'utilisateur indiqué pour { $machine } ne peut pas devenir administrateur sans mot de passe. Complétez sudoers, ou employez root.
remote-unreachable = { $machine } n'a pas pu être jointe ({ $error }). Vérifiez qu'elle est allumée, son adresse et son port.
remote-no-reset = Une machine jointe par SSH ne peut pas être remise à son état de départ : seule la personne qui l'a préparée peut le faire.
remote-no-reboot = { $machine } ne sera pas redémarrée : { $file } ne le permet pas (reboot = true). Ce qui doit survivre à un redémarrage ne peut pas être jugé.
remote-late = { $machine } n'est pas revenue de son redémarrage.
remote-no-proof = Un atelier sur des machines jointes par SSH ne peut pas se prouver : aucune machine neuve n'est construite. Prouvez-le avec driver = "container".
remote-ready = Machine { $machine } joignable par SSH ({ $host })
ui-start-ssh = { $machines } jointes par SSH et préparées d'avance : rien n'y est construit ni remis à l'état de départ. L'agent de vérification y est envoyé pour la durée de l'atelier, puis retiré.
stand-ssh = Cet atelier porte sur des machines préparées, jointes par SSH : il n'a pas de machines à construire.
doctor-mend-machines = Les ateliers sur des machines jointes par SSH attendent cette correction ; les autres ne sont pas concernés.
