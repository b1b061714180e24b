# Expected and found, in words; mistakes of an author of criteria.
verdict-plain = { $value }
verdict-text = “{ $text }”
verdict-empty-text = an empty text
verdict-long-text = “{ $start }…” ({ $lines ->
    [one] { $lines } line
   *[other] { $lines } lines
}, { $characters } characters)
verdict-yes = yes
verdict-no = no
verdict-nothing = nothing
verdict-something = something
verdict-empty-list = no element
verdict-field = { $name }: { $value }
verdict-field-of = { $name } ({ $value })
verdict-path = { $a }, { $b }
verdict-apart = { $a }; { $b }
verdict-list = { $a }, { $b }
verdict-more = { $list } and { $more ->
    [one] { $more } more
   *[other] { $more } more
}
verdict-and = { $a } and { $b }
verdict-or = { $a } or { $b }
verdict-exactly = exactly { $list }
verdict-at-least = at least { $value }
verdict-at-most = at most { $value }
verdict-between = between { $low } and { $high }
verdict-before = before { $value }
verdict-after = after { $value }
verdict-about = about { $size } (within { $percent }%)
verdict-part = containing { $part }
verdict-matches = like /{ $regex }/
verdict-in-subnet = in network { $network }
verdict-each = each: { $what }
verdict-any = at least one: { $what }
verdict-none-of = none: { $what }
verdict-length = in number: { $what }
verdict-not = something else than: { $what }
verdict-answer-expected = the answer read from the machine
verdict-no-right-answer = this machine doesn't show the answer
verdict-not-answered = no answer yet
verdict-not-yet = not checked yet
verdict-on-submission = checked on submission
verdict-mismatch = the probe gave a value of another nature than it promised
verdict-kind-text = a text
verdict-kind-int = a whole number
verdict-kind-bool = true or false
verdict-kind-size = a size with its unit, as "512MiB"
verdict-kind-duration = a duration with its units, as "1h30min"
verdict-kind-ip = an IP address, as "192.0.2.10"
verdict-kind-net = an address with its prefix, as "192.0.2.0/24"
verdict-kind-mac = a MAC address, as "02:00:00:aa:bb:cc"
verdict-kind-mode = permissions in octal between quotes, as "0644"
verdict-kind-time = an RFC 3339 moment, as "2026-01-31T08:00:00Z"
verdict-kind-list = a list
verdict-kind-record = a table of field = expectation
verdict-error-field = there is no field “{ $name }”
verdict-error-operator = there is no operator “{ $operator }”
verdict-error-operator-kind = the operator “{ $operator }” means nothing here: the field holds { $kind }
verdict-error-value = “{ $found }” won't do: the field wants { $kind }
verdict-error-empty-table = empty table: give at least one operator
verdict-error-empty-expectation = nothing is expected of this probe: give at least one field in “expect”
verdict-error-one-of = “one_of” wants a list of at least one value
verdict-error-between = “between” wants two values that compare, the smaller first
verdict-error-about = “about” wants a size, or a size and a tolerance below 100%: ["512MiB", "{ $percent }%"]
verdict-error-part = “contains” wants a text that isn't empty
verdict-error-regex-empty = “matches” wants a regular expression that isn't empty
verdict-error-regex = wrong regular expression: { $error }
verdict-error-flag = “absent” wants true or false
verdict-error-index = “{ $part }” is no rank: the field is a list, numbered from 1 (or use any, each, none)
verdict-error-too-deep = “{ $part }” leads nowhere: the field before it holds a single value
verdict-error-expect-without-probe = “expect” wants a “probe” beside it
verdict-error-nothing-checked = nothing is checked: give “probe” and “expect”, or “all”, “any”, “not”
verdict-error-several-checks = only one at a time of “probe”, “all”, “any”, “not”
verdict-error-needs = no criterion is called “{ $id }”
verdict-error-twice = “{ $id }” is taken already
verdict-error-circle = “{ $id }” ends up depending on itself
verdict-error-compare = this way of comparing won't do: the field holds { $kind }
verdict-error-no-criterion = no [[criterion]] table: nothing is checked
verdict-nearest-line = line { $number }, the nearest: { $line }
verdict-line-differs = line { $number }: { $found } instead of { $expected }
verdict-nearest = { $list }; the nearest: { $nearest }
verdict-error-relative = “{ $path }” is a relative path, which depends on where one looks from: write it from the root, as “/{ $path }”
