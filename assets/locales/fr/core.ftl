# Mots communs à toute l'application.
status-pass = acquis
status-fail = à faire
status-unknown = indéterminé
status-waiting = en attente
status-lost = perdu
status-points = { $points ->
    [one] { $points } pt
   *[other] { $points } pts
}
