# Comptes rendus de vérification.
report-finding = { $field } : attendu { $expected } ; constaté { $found } ({ $source })
report-waits-for = attend : { $ids }
report-score = { $earned } / { $total } pts
report-untold = {" "}({ $points } pts indéterminés)
