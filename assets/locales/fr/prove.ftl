# La preuve d'un lab
prove-which = quel lab faut-il prouver ? Donnez son identifiant (paillasse list), ou --all pour tous
prove-nothing = il n'y a aucun lab à prouver
prove-heading = { $lab }, graine { $seed }
prove-progress = { $lab }, graine { $seed } : { $step }
prove-step-coverage = solutions et sabotages écrits
prove-step-start = état de départ
prove-step-solution = solution « { $name } »
prove-step-sabotage = sabotage « { $name } »
prove-summary = { $steps ->
    [one] { $steps } étape
   *[other] { $steps } étapes
}, { $wrong } en faute, { $stuck ->
    [one] { $stuck } qui n'a pas pu être menée
   *[other] { $stuck } qui n'ont pas pu être menées
}
prove-finding = { $field } : attendu { $expected } ; constaté { $found } ; vu par { $source }
prove-left-out = { $id } est laissé de côté sur ce poste : { $why }
prove-unknown = indéterminé ({ $why })
prove-waiting = en attente ({ $why })
prove-waiting-for = en attente de { $needs }

# Ce qui cloche
prove-not-met = { $id } devrait être acquis, il est jugé { $status }
prove-not-broken = { $id } devrait être perdu, il est jugé { $status } : le critère laisse passer cet état, ou le sabotage n'a pas d'effet
prove-hidden = { $id } ne peut pas être jugé, il attend { $needs } : le sabotage casse autre chose que ce qu'il annonce
prove-not-waiting = { $id } devrait attendre un critère perdu, il est jugé { $status }
prove-start-met = { $id } est déjà acquis avant tout travail
prove-start-unknown = { $id } ne peut pas être jugé au départ : { $why }
prove-guard-broken = { $id } est à préserver, mais il est jugé { $status } dès le départ
prove-few-solutions = il faut au moins deux solutions de référence, il y en a { $count }
prove-uncovered = aucun sabotage ne fait perdre { $id }
prove-breaks-nothing = le sabotage « { $sabotage } » n'annonce rien à perdre (breaks)
prove-breaks-unknown = le sabotage « { $sabotage } » annonce { $id }, qui n'est ni un critère ni une question de ce lab
prove-after-unknown = le sabotage « { $sabotage } » vient après la solution « { $solution } », qui n'existe pas
prove-no-script = le script { $script } n'est pas dans le dossier du lab
prove-script-failed = le script { $script } a échoué sur { $machine } (code { $status }) : { $error }
prove-no-shell = le script n'a pas pu être lancé sur ce poste : { $error }
prove-host-clean = Ce poste est comme avant : rien n'y est resté.
prove-host-left = La preuve a laissé des traces sur ce poste (paillasse clean les enlève) :
prove-no-snapshot = l'état de ce poste n'a pas pu être relevé : { $error }
