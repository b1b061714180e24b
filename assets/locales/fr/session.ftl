# Le registre des tentatives
session-record-io = le registre { $path } n'est pas accessible : { $error }. Vérifiez les droits du dossier, ou indiquez-en un autre avec la variable PAILLASSE_DATA
session-record-full = le disque est plein : rien n'a pu être ajouté à { $path }, ce qu'il contenait est intact. Libérez de la place puis recommencez
session-record-newer = { $path } a été écrit par une version plus récente de Paillasse : mettez l'application à jour, ou indiquez un autre dossier avec la variable PAILLASSE_DATA. Rien n'a été modifié
session-record-busy = { $path } est occupé par un autre programme depuis plus de cinq secondes : fermez l'autre Paillasse puis recommencez
session-record-altered = la tentative { $attempt } a été modifiée hors de Paillasse (écriture n° { $entry }) : elle ne peut plus être reprise ni faire preuve. Commencez-en une nouvelle
session-record-no-attempt = il n'y a pas de tentative n° { $attempt } dans le registre
session-record-sqlite = le registre { $path } ne répond pas : { $error }
session-record-damaged = le registre des tentatives { $path } est abîmé ({ $error }). Rien n'est perdu : il est conservé sous le nom { $kept } et un nouveau registre est ouvert. Pour tenter de le réparer : sqlite3 « { $kept } » .recover

# Ce qui peut gêner une tentative
session-gone = les machines de la tentative { $attempt } n'existent plus (elles ont été nettoyées). Vous pouvez la continuer sur des machines neuves : le temps, les indices et les réponses restent, le travail fait sur les anciennes machines est à refaire
session-down = les machines de la tentative { $attempt } sont arrêtées : reprenez-la d'abord (paillasse run)
session-over = la tentative { $attempt } est terminée
session-unreadable = la tentative { $attempt } a été commencée avec une autre version de Paillasse, que celle-ci ne sait pas relire : reprenez-la avec cette version-là, ou commencez-en une nouvelle
session-no-question = ce lab n'a pas de question « { $id } »
session-lab-wrong = le lab { $lab } est mal écrit : { $error }. Son auteur le vérifie avec « paillasse lab check »
session-machine = machine { $machine }
session-machine-down = { $machine } est arrêtée : rien ne peut y être vérifié
session-machine-mute = { $machine } ne répond pas : { $error }
session-agent-cut = la liaison s'est coupée, comme lors d'un redémarrage ; la vérification suivante réessaie
session-agent-late = pas de réponse à temps
session-agent-refused = la réponse est incompréhensible

# Ce qui est en train de se faire
session-rebooting = redémarrage de { $machine }
session-restarting = redémarrage du service { $unit } de { $machine }
