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
lab-unknown-key = there is no key “{ $key }” here
lab-unknown-word = “{ $word }” is not valid here
lab-not-one-key = “{ $name }” holds { $count } keys: exactly one is needed
lab-missing-key = “{ $key }” is missing in “{ $name }”
lab-missing-key-help = add it: { $doc }
lab-wrong-type = “{ $name }” takes { $expected }, not { $found }
lab-type-or = { $a } or { $b }
lab-type-string = a text in quotes
lab-type-integer = a whole number
lab-type-number = a number
lab-type-boolean = true or false
lab-type-date = a date (put it in quotes)
lab-type-array = a list in brackets
lab-type-object = a table
lab-out-of-range = { $number } is out of bounds: { $low } to { $high }
lab-negative = { $number } may not be negative
lab-wrong-length = “{ $name }” takes { $expected } elements, not { $found }
lab-wrong-format = format { $format } is unknown to this program, which reads format { $known }
lab-wrong-id = “{ $id }” is not an id: lower-case letters, digits and hyphens only
lab-id-not-folder = the id “{ $id }” must be the name of the folder too, which is “{ $folder }”
lab-wrong-level = there is no level { $level }: 1 (first steps), 2 (practice) or 3 (exam)
lab-no-competence = the competence “{ $id }” is not in the 2023 edition of the title
lab-no-skill = the skill “{ $id }” is in no referential
lab-wrong-variable = “{ $name }” is not a variable's name: lower-case letters, digits and “_”, no digit first; “seed” is taken
lab-here-makes-nothing = a lab on this PC (driver = "here") makes no machine, no network, no disk
lab-no-machines = at least one machine is needed: [[stand.machine]]
lab-no-machine = no machine is called “{ $name }”
lab-wrong-name = “{ $name }” is not a name: lower-case letters, digits and hyphens, at most { $most } characters
lab-twice = “{ $name }” is already taken
lab-wrong-attach = “{ $value }” is not a list of addresses: write “10.0.0.1/24”, “10.0.0.1/24 fd00::1/64” or “unconfigured”
lab-gateway-not-attached = the gateway “{ $name }” is not on this network
lab-wrong-disk = “{ $name }” is not a disk's name: write sdb, sdc…
lab-no-init = without systemd (init = "none") no unit can be on in “{ $name }”: remove “enable” or “init”
lab-wrong-package = “{ $name }” is not the name of a Debian package: lower-case letters, digits, “+”, “-” and “.”
lab-no-script = the file “{ $name }” is not in the lab's folder
lab-no-criterion = no criterion and no question is called “{ $name }”
lab-no-question = no question is called “{ $name }”
lab-no-solution = no solution is called “{ $name }”
lab-breaks-nothing = this sabotage breaks nothing: name in “breaks” what is no longer met
lab-no-brief = { $folder }: the work order { $name } is missing or empty
lab-empty-text = this text is empty in “{ $lang }”
lab-note-no-sabotage = no sabotage breaks “{ $id }”: nothing proves that a wrong state would be seen
lab-note-no-sabotage-help = add a [[sabotage]] that names it in “breaks”
lab-note-few-solutions = { $count ->
    [one] only one solution
   *[other] { $count } solutions
}: nothing proves that another way is accepted
lab-note-few-solutions-help = add a [[solution]] with another tool
lab-note-no-skills = this lab lists no skill
lab-note-no-skills-help = list them in “skills”: paillasse lab coverage shows them
lab-note-literal-command = this hint gives a solution's command away: { $command }
lab-note-literal-command-help = say what to look for, not what to type
lab-note-one-language = this text is the same in French and in English
lab-note-one-language-help = translate it
lab-note-unused-file = nothing uses the file { $name }
lab-note-unused-file-help = name it in lab.toml or remove it
lab-new-exists = { $path } already exists
lab-new-exists-help = choose another id, or another folder with --labs
lab-new-done = The lab is in { $path }. Fill in lab.toml, then: paillasse lab check { $path }
lab-check-no-path = { $path } does not exist
lab-check-nothing = no lab here: a lab is a folder that holds a lab.toml
lab-check-summary = { $labs ->
    [0] No lab read
    [one] One lab read
   *[other] { $labs } labs read
}, { $problems ->
    [0] no problem
    [one] one problem
   *[other] { $problems } problems
}, { $notes ->
    [0] no advice
    [one] one piece of advice
   *[other] { $notes } pieces of advice
}.
lab-coverage-edition = EDITION OF { $year }
lab-coverage-total = { $covered } skills of { $total }: { $criterion } by a criterion, { $question } by a question, { $document } by a document, { $observed } by the jury's observation
lab-template-no-attribute = there is no “{ $name }”: a network has host(n), address, netmask, prefix and broadcast; a person has first, last and login
lab-here-isolates-nothing = a lab on this PC (driver = "here") has no machine to isolate: remove "isolation"
lab-disk-needs-privileged = a virtual disk needs isolation = "privileged" in [stand]: in a user namespace root can't mount a disk
lab-note-privileged = this lab asks for the "privileged" isolation and has no virtual disk
lab-note-privileged-help = with no device to mount, remove "isolation": a lab asks for as few rights as it can
lab-show-privileged = Reduced isolation: this lab mounts virtual disks, so root in its machines is this PC's root, with fewer rights.
