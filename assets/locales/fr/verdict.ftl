# Attendu et constaté, en mots ; fautes d'un auteur de critères.
verdict-plain = { $value }
verdict-text = « { $text } »
verdict-empty-text = un texte vide
verdict-long-text = « { $start }… » ({ $lines ->
    [one] { $lines } ligne
   *[other] { $lines } lignes
}, { $characters } caractères)
verdict-yes = oui
verdict-no = non
verdict-nothing = rien
verdict-something = quelque chose
verdict-empty-list = aucun élément
verdict-field = { $name } : { $value }
verdict-field-of = { $name } ({ $value })
verdict-path = { $a }, { $b }
verdict-apart = { $a } ; { $b }
verdict-list = { $a }, { $b }
verdict-more = { $list } et { $more ->
    [one] { $more } autre
   *[other] { $more } autres
}
verdict-and = { $a } et { $b }
verdict-or = { $a } ou { $b }
verdict-exactly = exactement { $list }
verdict-at-least = au moins { $value }
verdict-at-most = au plus { $value }
verdict-between = entre { $low } et { $high }
verdict-before = avant { $value }
verdict-after = après { $value }
verdict-about = environ { $size } (à { $percent } % près)
verdict-part = contenant { $part }
verdict-matches = de la forme /{ $regex }/
verdict-in-subnet = dans le réseau { $network }
verdict-each = chacun : { $what }
verdict-any = au moins un : { $what }
verdict-none-of = aucun : { $what }
verdict-length = en nombre : { $what }
verdict-not = autre chose que : { $what }
verdict-answer-expected = la réponse lue sur la machine
verdict-no-right-answer = cette machine ne montre pas la réponse
verdict-not-answered = pas encore de réponse
verdict-not-yet = pas encore vérifié
verdict-on-submission = vérifié à la remise
verdict-mismatch = la sonde a rendu une valeur d'une autre nature que prévu
verdict-kind-text = un texte
verdict-kind-int = un nombre entier
verdict-kind-bool = true ou false
verdict-kind-size = une taille avec son unité, comme "512MiB"
verdict-kind-duration = une durée avec ses unités, comme "1h30min"
verdict-kind-ip = une adresse IP, comme "192.0.2.10"
verdict-kind-net = une adresse avec son préfixe, comme "192.0.2.0/24"
verdict-kind-mac = une adresse MAC, comme "02:00:00:aa:bb:cc"
verdict-kind-mode = des droits en octal et entre guillemets, comme "0644"
verdict-kind-time = un instant RFC 3339, comme "2026-01-31T08:00:00Z"
verdict-kind-list = une liste
verdict-kind-record = une table champ = attente
verdict-error-field = le champ « { $name } » n'existe pas
verdict-error-operator = l'opérateur « { $operator } » n'existe pas
verdict-error-operator-kind = l'opérateur « { $operator } » n'a pas de sens ici : le champ contient { $kind }
verdict-error-value = « { $found } » ne convient pas : le champ attend { $kind }
verdict-error-empty-table = table vide : indiquez au moins un opérateur
verdict-error-empty-expectation = rien n'est attendu de cette sonde : indiquez au moins un champ dans « expect »
verdict-error-one-of = « one_of » attend une liste d'au moins une valeur
verdict-error-between = « between » attend deux valeurs comparables, la plus petite d'abord
verdict-error-about = « about » attend une taille, ou une taille et une tolérance inférieure à 100 % : ["512MiB", "{ $percent }%"]
verdict-error-part = « contains » attend un texte non vide
verdict-error-regex-empty = « matches » attend une expression régulière non vide
verdict-error-regex = expression régulière incorrecte : { $error }
verdict-error-flag = « absent » attend true ou false
verdict-error-index = « { $part } » n'est pas un rang : le champ est une liste, numérotée à partir de 1 (ou utilisez any, each, none)
verdict-error-too-deep = « { $part } » ne mène à rien : le champ qui précède contient une seule valeur
verdict-error-expect-without-probe = « expect » demande une « probe » à côté
verdict-error-nothing-checked = rien n'est vérifié : indiquez « probe » et « expect », ou « all », « any », « not »
verdict-error-several-checks = un seul à la fois de « probe », « all », « any », « not »
verdict-error-needs = aucun critère ne s'appelle « { $id } »
verdict-error-twice = « { $id } » est déjà pris
verdict-error-circle = « { $id } » finit par dépendre de lui-même
verdict-error-compare = cette façon de comparer ne convient pas : le champ contient { $kind }
verdict-error-no-criterion = aucune table [[criterion]] : rien n'est vérifié
verdict-nearest-line = ligne { $number }, la plus proche : { $line }
verdict-line-differs = ligne { $number } : { $found } au lieu de { $expected }
verdict-nearest = { $list } ; le plus proche : { $nearest }
verdict-error-relative = « { $path } » est un chemin relatif, qui dépend de l'endroit d'où l'on regarde : écrivez-le depuis la racine, comme « /{ $path } »
