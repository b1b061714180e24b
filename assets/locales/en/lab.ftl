# What reading labs says: units, errors, notes to the author.
lab-unit-bad-duration = “{ $value }” is not a duration: write 40min, 1h30min, 2h or 1d, for instance
lab-unit-bad-size = “{ $value }” is not a size: write a number and its unit, as 512MiB, 10GB or 4KiB
lab-unit-bad-mode = “{ $value }” is not a set of permissions: write it in octal, as 0644
lab-unit-d = { $n } d
lab-unit-h = { $n } h
lab-unit-min = { $n } min
lab-unit-s = { $n } s
lab-unit-pair = { $first } { $second }
lab-unit-decimal = { $whole }.{ $fraction }
lab-unit-b = { $n } B
lab-unit-kb = { $n } kB
lab-unit-mb = { $n } MB
lab-unit-gb = { $n } GB
lab-unit-tb = { $n } TB
lab-unit-kib = { $n } KiB
lab-unit-mib = { $n } MiB
lab-unit-gib = { $n } GiB
lab-unit-tib = { $n } TiB
lab-unit-pib = { $n } PiB
lab-label-error = here
lab-label-advice = here
lab-syntax = this TOML does not parse: { $error }
lab-no-manifest = { $folder } has no lab.toml
lab-unreadable = this lab does not read: { $error }
lab-duplicate-lab = two labs have the id “{ $id }”: { $first } and { $second }
lab-duplicate-lab-help = the first is kept; give the second another id
lab-no-right-help = give the right to read: chmod -R u+rX { $path }
lab-no-folder-help = check the path given to --labs
lab-not-text-help = a lab holds nothing but UTF-8 texts
lab-bad-subnet = “{ $value }” is not a network pattern: write 10.{"{"}20..250{"}"}.{"{"}0..250{"}"}.0/24, or fd00:{"{"}1..ffff{"}"}::/64 (bounds in hexadecimal)
lab-empty-pick = nothing to draw: the list of “pick” is empty
lab-upside-down = the bounds are upside down: { $low } is more than { $high }
lab-person-false = “person” can only be true
lab-short-password = a password has at least { $least } characters
lab-template-undefined = there is no variable “{ $name }”: nothing draws it in [variant]
lab-template-error = this template does not render: { $error }
lab-template-raw = if these braces belong to a script, put the line between {"{%"} raw {"%}"} and {"{%"} endraw {"%}"}
lab-did-you-mean = did you mean “{ $near }”? Valid words: { $list }
lab-did-you-mean-only = did you mean “{ $near }”?
lab-valid-words = valid words: { $list }
lab-unknown-lab = no lab is called “{ $id }”
lab-level-1 = first steps
lab-level-2 = practice
lab-level-3 = exam
lab-needs-root = to be run with sudo
lab-needs-base = needs the base: paillasse base build
lab-show-facts = Level: { $level } · { $duration } · { $points ->
    [one] { $points } point
   *[other] { $points } points
} · seed { $seed }
lab-show-ticket = THE TICKET
lab-show-order = THE WORK ORDER
lab-show-criteria = THE CRITERIA
lab-show-questions = THE QUESTIONS
lab-show-made = WHAT WILL BE MADE ON THIS PC
lab-show-from = From { $name }, { $role }
lab-channel-phone = by phone
lab-channel-mail = by e-mail
lab-channel-portal = through the portal
lab-channel-visit = in person
lab-channel-alert = monitoring alert
lab-show-sla = Agreed: answer within { $respond }, resolution within { $resolve }
lab-show-guard = true at the start, to be kept
lab-show-after-reboot = checked after a reboot
lab-show-after-restart = checked after a restart of { $unit }
lab-show-here = {"  "}Nothing: this lab is about this PC, and only looks at it.
lab-show-machines = { $count ->
    [one] one isolated machine
   *[other] { $count } isolated machines
}: { $names }
lab-show-networks = { $count ->
    [one] one private network
   *[other] { $count } private networks
}: { $names }
lab-show-disk = a virtual disk of { $size }: { $name } in { $machine }
lab-show-pc-untouched = nothing is installed or started on the PC itself, and all of it is gone at the end
lab-list-problems = { $count ->
    [one] One problem
   *[other] { $count } problems
} in the labs: paillasse lab check says which.
