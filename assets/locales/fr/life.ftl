# La vie d'un atelier : remis en état, mis en pause, gardé.
stand-no-state = Aucun état « { $state } » de { $machine } n'a été gardé. « paillasse stand snapshot { $state } » en garde un.
stand-bad-state = Un état ne peut pas s'appeler « { $state } ». Employez une à quarante minuscules sans accent, chiffres et traits d'union ; « start » est l'état de départ de l'atelier.
stand-not-whole = { $stand } ne peut pas être repris : sa construction n'est pas allée à son terme, ou une coupure de courant en a emporté une partie. Démontez-le avec « paillasse clean », puis relancez l'atelier.
stand-step-pause = Arrêt de { $machine }
stand-which = Il y a plusieurs ateliers sur ce poste. Précisez lequel : { $names }.
stand-held = { $stand } est en cours d'utilisation : fermez d'abord l'application qui y travaille.
clean-attempt = { $stand } portait les machines de la tentative { $attempt } ({ $lab }), mise de côté. La tentative reste dans le registre : pour la poursuivre, relancez l'atelier ; elle reprend sur des machines neuves.
