# The service desk: qualification, work log, report
desk-kind = kind
desk-impact = impact
desk-urgency = urgency
desk-domain = domain
desk-escalate = to escalate
desk-priority = priority
desk-priority-value = { $n ->
    [1] 1 · at once
    [2] 2 · high
    [3] 3 · normal
    [4] 4 · low
   *[other] 5 · planned
}
desk-incident = incident
desk-request = request
desk-problem = problem
desk-low = low
desk-medium = medium
desk-high = high
desk-workstation = workstation
desk-asset = assets
desk-network = network
desk-directory = accounts and directory
desk-collaboration = mail and collaboration
desk-printing = printing
desk-storage = storage and backup
desk-security = security
desk-application = application
desk-yes = yes
desk-no = no
desk-nothing = nothing
desk-cause = cause
desk-actions = what was done
desk-tests = checks
desk-answer = answer to the user
desk-mention = to mention
desk-fact = { $fr ->
   *[other] { $en }
}
desk-written = written
desk-to-write = to be written
desk-mentioned = mentioned
desk-not-mentioned = not mentioned
desk-source = what you entered
desk-log = work log
desk-log-add = note a line
desk-form = Qualify the ticket
desk-report = Intervention report
desk-must-mention = The report must mention: { $facts }.
desk-judged-at-end = Read when you submit; counted apart from the machines' points.
desk-save = save
desk-score = Ticket and report: { $right } of { $all }
desk-time = time spent: { $clock }
desk-title = Intervention report
desk-ticket = Ticket
desk-export-none = No finished attempt to export: finish a lab (F10), then run the command again.
desk-export-failed = { $file } could not be written: { $error }
desk-checked = Paillasse's checks
ui-tab-desk = Report
ui-key-desk = report
ui-help-work-desk = qualify the ticket, keep the log, write the report
ui-debrief-desk = Ticket and report
ui-debrief-desk-wrong = { $field }: expected “{ $expected }”, entered “{ $found }”
plain-desk-wrong = { $field }: expected { $expected }, entered { $found }
plain-desk-line = { $label }: { $value }
plain-desk-field = there is no “{ $field }” here. There are: { $names }
plain-desk-value = “{ $value }” is not a value. There are: { $names }
plain-log-how = the text is missing. Example: log cable of the PC plugged in again
