# The work as text
plain-from = { $name }, { $role }, writes:
plain-verdict = { $status }: { $what } [{ $id }], { $points }
plain-lost = lost at { $time }
plain-finding = { $field }: expected { $expected }; found { $found }; seen by { $source }
plain-waits-for = waits first for: { $what }
plain-look = where to look: { $look }
plain-left-out = left out on this PC: { $what } ({ $why })
plain-score = { $earned } points of { $total }, time worked { $time }
plain-help-short = Type "help" for the list of commands.
plain-help = Commands:
    check                        look at the state of the machines
    hint                         the next hint, at its price
    brief                        the ticket and the work order
    answer QUESTION ANSWER       answer a question
    terminal MACHINE             a terminal on the machine, right here
    reset MACHINE                put the machine (or all) back to its start
    finish                       hand in: final check and debrief
    qualify FIELD VALUE          qualify the ticket (nothing: show what was entered)
    report PART TEXT             write a part of the report
    log TEXT                     note a line in the work log
    give-up                      give up: the solution and its commands, no points
    quit                         leave; the attempt can be resumed later
plain-unknown = "{ $word }" is not a command: type "help"
plain-unknown-near = "{ $word }" is not a command: did you mean "{ $near }"?
plain-answer-how = the question or the answer is missing. Example: answer address 192.0.2.1 (the question's id is in brackets)
plain-resumed = going on with attempt { $attempt }
plain-fresh = Go on with fresh machines? (yes / no)
plain-left = attempt { $attempt } stays under way: the same command resumes it
plain-no-hint = there is no hint left for what was found
plain-hint = hint { $number } (costs { $cost }): { $text }
plain-no-machine = this lab is about this PC: use another terminal
plain-which-machine = there is no terminal on "{ $machine }". Machines: { $names }
plain-no-terminal = a real terminal is needed to open a shell; from a script use "paillasse stand exec"
plain-back = back at the bench
plain-no-shell = the terminal of { $machine } does not open: { $error }
plain-timeline = What happened:
plain-right = Right answers:
plain-ways = Reference solutions:
plain-read = To read:
plain-jury = For the jury to observe:
plain-turn-met = met: { $what }
plain-turn-lost = lost: { $what }
plain-turn-hint = hint { $number } taken
plain-turn-answered = answered: { $what }
plain-turn-reset = { $machine } put back to its start
plain-turn-reset-all = all machines put back to their start
plain-turn-gone = machines lost, fresh machines
plain-none-under-way = no attempt is under way: begin one with "paillasse run LAB"
