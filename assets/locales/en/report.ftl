# Reports of a check.
report-finding = { $field }: expected { $expected }; found { $found } ({ $source })
report-waits-for = waits for: { $ids }
report-score = { $earned } / { $total } pts
report-untold = {" "}({ $points } pts cannot be told)
