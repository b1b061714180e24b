# Les machines de l'atelier.
stand-io = { $doing } : { $error }.{ $full ->
    [1] { " " }Le disque est plein : faites de la place, puis recommencez. Rien n'est perdu.
   *[other] { "" }
}
