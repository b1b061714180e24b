# The full-screen application.

# Messages off the screen
ui-no-terminal = Paillasse needs a terminal. In a script, use “paillasse run LAB --plain” or “paillasse list --json”.
ui-terminal-failed = The terminal no longer answers: { $error }
ui-crash = Paillasse stopped on an internal error. Your work is kept: start “paillasse” again and resume.
    { $what }
ui-too-small = Terminal too small ({ $width } × { $height }). At least 60 columns × 20 rows are needed; 80 × 24 or more is comfortable. Make the window larger: nothing is lost.

# Competence map
ui-map-subtitle = Technicien d'assistance en informatique · 2023
ui-map-reading = Reading the labs…
ui-map-no-lab = No lab for this competence yet.
ui-map-problems = { $count ->
    [one] { $count } lab can't be read: see “paillasse lab check”
   *[other] { $count } labs can't be read: see “paillasse lab check”
}
ui-activity-1 = ASSIST AND TROUBLESHOOT
ui-activity-2 = SET UP EQUIPMENT
ui-activity-3 = INFRASTRUCTURE
ui-competence-1 = Incidents, assets
ui-competence-2 = Collaboration
ui-competence-3 = Diagnosis
ui-competence-4 = User workstation
ui-competence-5 = Components
ui-competence-6 = Security, data
ui-competence-7 = Network devices
ui-competence-8 = Secure network
ui-competence-9 = Active Directory
ui-level = level { $level }
ui-standing-under-way = under way { $clock }
ui-standing-due = due again
ui-standing-due-in = again in { $days } d
ui-standing-again = to do again
ui-advice-due = passed, due for review
ui-advice = Suggested: “{ $title }” ({ $why })
ui-advice-under-way = begun, to be resumed
ui-advice-new = { $level ->
    [1] first steps
    [2] practice
   *[other] exam level
}
ui-advice-weakest = your weakest result
ui-no-such-lab = No lab is called “{ $lab }”. “paillasse list” names them all.

# A lab's page
ui-ticket = Ticket { $number } · { $channel }
ui-channel-phone = call
ui-channel-mail = e-mail
ui-channel-portal = portal
ui-channel-visit = at the desk
ui-channel-alert = monitoring
ui-sla = Answer within { $respond } · resolution within { $resolve }
ui-order = Work order
ui-machines = Machines
ui-machine-here = This PC, the one you are working on.
ui-unconfigured = to be configured
ui-gateway = {" "} gateway
ui-disk = disk { $name } · { $size }
ui-start = When you start
ui-start-here = This lab is about this PC. Paillasse looks; it changes and installs nothing.
ui-start-stand = { $machines }, { $networks }, { $disks }: all of it isolated from this PC and gone at the end. Nothing is installed on it.
ui-count-machines = { $n ->
    [one] { $n } machine
   *[other] { $n } machines
}
ui-count-networks = { $n ->
    [0] no network
    [one] { $n } private network
   *[other] { $n } private networks
}
ui-count-disks = { $n ->
    [0] no extra disk
    [one] { $n } virtual disk
   *[other] { $n } virtual disks
}
ui-start-under-way = An attempt is under way: { $clock } of work. It goes on where you left it.
ui-start-best = Your best result: { $earned }/{ $total }.
ui-start-ready = Everything is ready.
ui-missing-root = Making machines needs administrator rights. Quit, then run “sudo paillasse”.

# Steps
ui-progress-start = Preparing the machines
ui-progress-resume = Resuming the attempt
ui-progress-reset = Putting back to the start
ui-progress-finish = Final check
ui-progress-abandon = Giving the attempt up
ui-progress-wait = One moment…

# Work
ui-tab-brief = Order
ui-tab-criteria = Criteria
ui-tab-hints = Hints
ui-tab-ticket = Ticket
ui-tab-questions = Questions
ui-work-met = { $met }/{ $all } { $met ->
    [one] met
   *[other] met
}
ui-work-points = pts
ui-work-left = { $clock } left
ui-work-over = { $clock } over
ui-work-checking = checking…
ui-not-checked = not checked yet
ui-no-answer = no answer
ui-left-out = not on this PC: { $why }
ui-guard = to keep (−{ $points })
ui-lost = lost at { $lost } (met at { $met })
ui-lost-guard = lost at { $lost } (met at the start)
ui-waits-for-end = checked when you finish
ui-expected = expected
ui-found = found
ui-source = seen by
ui-look = look at
ui-waits = waits
ui-right-answer = answer
ui-hint = Hint
ui-hint-taken = Hint { $n } (−{ $cost })
ui-hint-next = F3 gives a hint chosen from the state of the machines. It costs { $cost ->
    [one] { $cost } point
   *[other] { $cost } points
}.
ui-hint-none = There is no hint left for what is missing.
ui-shell-here = this PC
ui-shell-ended = The shell has ended. Enter opens another one.
ui-shell-failed = No terminal could be opened on { $machine }: { $error }
ui-notice-all-met = Everything is met. F10 finishes.
ui-notice-no-hint = There is no hint left for what is missing.
ui-notice-aside = Attempt put aside: the clock is stopped, the machines wait for you.

# Debrief
ui-debrief = Debrief
ui-debrief-score = { $earned } points out of { $total }
ui-debrief-time = { $clock } of work · { $hints ->
    [0] no hints
    [one] { $hints } hint
   *[other] { $hints } hints
}
ui-debrief-checked = What was checked
ui-debrief-timeline = Time line
ui-debrief-ways = Reference ways
ui-debrief-read = To read
ui-debrief-jury = What the jury observes
ui-debrief-jury-text = No machine checks these: assess yourself.
ui-turn-hint = hint { $n }
ui-turn-answered = answer: { $question }
ui-turn-reset = { $machine } put back to the start
ui-turn-reset-all = all machines put back to the start
ui-turn-gone = machines gone: resumed on fresh ones

# Questions before acting
ui-error = Something went wrong
ui-ask-hint = Take a hint?
ui-ask-hint-text = { $cost ->
    [0] It is free.
    [one] It costs { $cost } point, even if you make no use of it.
   *[other] It costs { $cost } points, even if you make no use of it.
}
ui-ask-reset = Back to the start?
ui-ask-reset-text = The machine “{ $machine }” goes back to its first state: all you did on it is lost. The clock goes on.
ui-ask-reset-all = All machines go back to their first state: all you did on them is lost. The clock goes on.
ui-ask-finish = Finish?
ui-ask-finish-text = Everything is checked one last time, after a restart of the machines if need be. Then they are taken down and the debrief is shown.
ui-ask-leave = Put the attempt aside?
ui-ask-leave-text = The clock stops and the machines stay. You will go on from here, even after a restart of the PC. Your open shells will be closed.
ui-ask-abandon = Give this attempt up?
ui-ask-abandon-text = The machines are taken down, and the attempt doesn't count.
ui-ask-renew = Go on with fresh machines?
ui-ask-renew-text = The machines of this attempt no longer exist. Clock, hints and answers are kept; what was done on the machines has to be done again.

# Keys
ui-key-enter = Enter
ui-key-shift-page-up = Shift-PgUp
ui-key-esc = Esc
ui-key-choose = choose
ui-key-open = open
ui-key-suggested = suggested
ui-key-competence = competence
ui-key-help = help
ui-key-language = français
ui-key-quit = quit
ui-key-start = start
ui-key-resume = resume
ui-key-abandon = give up
ui-key-scroll = scroll
ui-key-back = back
ui-key-map = map
ui-key-hint = hint
ui-key-check = check
ui-key-switch = pane
ui-key-finish = finish
ui-key-reset = reset
ui-key-zoom = zoom
ui-key-shell = shell
ui-key-leave-program = leave the terminal (all other keys go to the program)
ui-key-yes = yes
ui-key-no = no
ui-key-all-machines = all machines
ui-key-close = close

# Help
ui-help-title = Help
ui-help-map = The map shows the nine competences of the title and their labs. A lab counts as done from three quarters of its points.
ui-help-map-arrows = choose a competence, then a lab
ui-help-map-digits = go to a competence
ui-help-map-enter = into the list, open the lab
ui-help-map-suggested = open the suggested lab
ui-help-quit = quit
ui-help-lab = Read the ticket and the work order. Nothing is made before you start.
ui-help-lab-enter = start, or resume the attempt under way
ui-help-lab-abandon = give the attempt under way up
ui-help-scroll = scroll
ui-help-back = back to the map
ui-help-progress = The machines are being prepared. Each line says what is being done.
ui-help-work = Work in the terminal as on a real machine: only the result counts, not the way. Criteria turn by themselves; F5 checks them all. While a program fills the terminal (an editor, mc…), every key goes to it, except F12.
ui-help-work-hint = a hint, at its price
ui-help-work-check = check everything now
ui-help-work-switch = from one pane to the other
ui-help-work-leave = leave the terminal, always
ui-help-work-shells = next shell, shell number …
ui-help-work-new = one more shell on this machine
ui-help-work-reset = put the machine back to its start
ui-help-work-finish = finish
ui-help-work-zoom = the terminal full screen
ui-help-work-tabs = tabs at the left
ui-help-work-history = back in the terminal's history
ui-help-work-aside = put the attempt aside
ui-help-debrief = The debrief says, criterion by criterion, what was expected, what was found and where.
ui-help-debrief-back = back to the map
ui-help-help = this help
ui-help-language = français / English
ui-start-privileged = Reduced isolation: to mount virtual disks, root in these machines is this PC's root, with fewer rights.

# Palette
ui-palette = Find anything
ui-palette-nothing = Nothing matches “{ $typed }”.
ui-palette-lab = lab
ui-palette-competence = competence
ui-palette-command = action
ui-palette-tab = pane
ui-palette-machine = machine
ui-palette-language = Change language
ui-palette-help = Help for this screen
ui-palette-look-terminal = Colours: the terminal's
ui-palette-look-dark = Colours: dark
ui-palette-look-light = Colours: light
ui-palette-look-contrast = Colours: high contrast
ui-palette-suggested = Open the suggested lab
ui-palette-quit = Leave Paillasse
ui-palette-check = Check now
ui-palette-hint = Take a hint
ui-palette-finish = Finish and submit
ui-palette-reset = Put a machine back as it was
ui-palette-new-shell = Open another shell
ui-palette-zoom = Zoom the terminal
ui-palette-switch = Switch halves
ui-palette-aside = Put the attempt aside
ui-key-palette = find
ui-help-palette = find a lab, a competence or an action by its name

# Giving up, other variants
ui-progress-give-up = A last look at the machines
ui-ask-give-up = Give up and see the solution?
ui-ask-give-up-text = The attempt ends without any points. The reference way is shown with its commands, and you can do the same lab again with other names and values.
ui-key-solution = give up, see the solution
ui-palette-give-up = Give up and see the solution
ui-debrief-gave-up = You asked for the solution: no points this time. Read it, then press “a”: the same lab comes back with other names and values.
ui-debrief-details = “c” shows their commands.
ui-key-details = commands
ui-key-another = other variant
ui-help-debrief-details = show or put away the commands of the ways
ui-help-debrief-another = do the lab again with other names and values
