# Le centre de services : qualification, journal, compte rendu
desk-kind = nature
desk-impact = impact
desk-urgency = urgence
desk-domain = domaine
desk-escalate = à escalader
desk-priority = priorité
desk-priority-value = { $n ->
    [1] 1 · immédiate
    [2] 2 · haute
    [3] 3 · normale
    [4] 4 · basse
   *[other] 5 · planifiée
}
desk-incident = incident
desk-request = demande
desk-problem = problème
desk-low = faible
desk-medium = moyen
desk-high = fort
desk-workstation = poste de travail
desk-asset = parc
desk-network = réseau
desk-directory = comptes et annuaire
desk-collaboration = messagerie et collaboratif
desk-printing = impression
desk-storage = stockage et sauvegarde
desk-security = sécurité
desk-application = application
desk-yes = oui
desk-no = non
desk-nothing = rien
desk-cause = cause
desk-actions = actions menées
desk-tests = vérifications
desk-answer = réponse à l'utilisateur
desk-mention = à citer
desk-fact = { $en ->
   *[other] { $fr }
}
desk-written = rédigé
desk-to-write = à rédiger
desk-mentioned = cité
desk-not-mentioned = pas cité
desk-source = votre saisie
desk-log = journal
desk-log-add = noter une ligne
desk-form = Qualifier le ticket
desk-report = Compte rendu d'intervention
desk-must-mention = Le compte rendu doit citer : { $facts }.
desk-judged-at-end = Relu quand vous rendez ; compté à part des points des machines.
desk-save = enregistrer
desk-score = Ticket et compte rendu : { $right } sur { $all }
desk-time = temps passé : { $clock }
desk-title = Compte rendu d'intervention
desk-ticket = Ticket
desk-export-none = Aucune tentative terminée à exporter : terminez un atelier (F10), puis relancez la commande.
desk-export-failed = { $file } n'a pas pu être écrit : { $error }
desk-checked = Vérifications de Paillasse
ui-tab-desk = Rapport
ui-key-desk = rapport
ui-help-work-desk = qualifier le ticket, tenir le journal, rédiger le compte rendu
ui-debrief-desk = Ticket et compte rendu
ui-debrief-desk-wrong = { $field } : attendu « { $expected } », saisi « { $found } »
plain-desk-wrong = { $field } : attendu { $expected }, saisi { $found }
plain-desk-line = { $label } : { $value }
plain-desk-field = « { $field } » n'existe pas ici. Il y a : { $names }
plain-desk-value = « { $value } » n'est pas une valeur. Il y a : { $names }
plain-log-how = il manque le texte. Exemple : journal câble du poste remis en place
