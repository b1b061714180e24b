# Le déroulement en texte
plain-from = { $name }, { $role }, écrit :
plain-verdict = { $status } : { $what } [{ $id }], { $points }
plain-lost = perdu à { $time }
plain-finding = { $field } : attendu { $expected } ; constaté { $found } ; vu par { $source }
plain-waits-for = attend d'abord : { $what }
plain-look = où regarder : { $look }
plain-left-out = laissé de côté sur ce poste : { $what } ({ $why })
plain-score = { $earned } points sur { $total }, temps de travail { $time }
plain-help-short = Tapez « aide » pour la liste des commandes.
plain-help = Commandes :
    vérifier                     contrôler l'état des machines
    indice                       l'indice suivant, à son prix
    consigne                     le ticket et la consigne
    répondre QUESTION RÉPONSE    répondre à une question
    terminal MACHINE             un terminal sur la machine, ici même
    remettre MACHINE             remettre la machine (ou toutes) à son état de départ
    terminer                     rendre le travail : contrôle final et bilan
    qualifier CHAMP VALEUR       qualifier le ticket (sans rien : voir la saisie)
    rapport PARTIE TEXTE         rédiger une partie du compte rendu
    journal TEXTE                noter une ligne au journal
    abandonner                   abandonner : la solution et ses commandes, sans aucun point
    quitter                      sortir ; la tentative se reprend plus tard
plain-unknown = « { $word } » n'est pas une commande : tapez « aide »
plain-unknown-near = « { $word } » n'est pas une commande : vouliez-vous dire « { $near } » ?
plain-answer-how = il manque la question ou la réponse. Exemple : répondre adresse 192.0.2.1 (l'identifiant de la question est entre crochets)
plain-resumed = reprise de la tentative { $attempt }
plain-fresh = Continuer sur des machines neuves ? (oui / non)
plain-left = la tentative { $attempt } reste en cours : la même commande la reprend
plain-no-hint = il n'y a plus d'indice pour ce qui a été constaté
plain-hint = indice { $number } (coût : { $cost }) : { $text }
plain-no-machine = ce lab porte sur ce poste : utilisez un autre terminal
plain-which-machine = il n'y a pas de terminal sur « { $machine } ». Machines : { $names }
plain-no-terminal = il faut un vrai terminal pour ouvrir un shell ; depuis un script, utilisez « paillasse stand exec »
plain-back = retour à l'atelier
plain-no-shell = le terminal de { $machine } ne s'ouvre pas : { $error }
plain-timeline = Déroulement :
plain-right = Bonnes réponses :
plain-ways = Solutions de référence :
plain-read = À lire :
plain-jury = À observer par le jury :
plain-turn-met = acquis : { $what }
plain-turn-lost = perdu : { $what }
plain-turn-hint = indice { $number } pris
plain-turn-answered = réponse donnée : { $what }
plain-turn-reset = { $machine } remise à son état de départ
plain-turn-reset-all = toutes les machines remises à leur état de départ
plain-turn-gone = machines perdues, machines neuves
plain-none-under-way = aucune tentative n'est en cours : commencez-en une avec « paillasse run LAB »
