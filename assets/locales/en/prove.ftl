# The proof of a lab
prove-which = which lab is to be proven? Give its id (paillasse list), or --all for all
prove-nothing = there is no lab to prove
prove-heading = { $lab }, seed { $seed }
prove-progress = { $lab }, seed { $seed }: { $step }
prove-step-coverage = solutions and sabotages as written
prove-step-start = start state
prove-step-solution = solution "{ $name }"
prove-step-sabotage = sabotage "{ $name }"
prove-summary = { $steps ->
    [one] { $steps } step
   *[other] { $steps } steps
}, { $wrong } wrong, { $stuck } that could not be run
prove-finding = { $field }: expected { $expected }; found { $found }; seen by { $source }
prove-left-out = { $id } is left out on this PC: { $why }
prove-unknown = cannot tell ({ $why })
prove-waiting = waiting ({ $why })
prove-waiting-for = waiting for { $needs }

# What is wrong
prove-not-met = { $id } should be met, it is judged { $status }
prove-not-broken = { $id } should be lost, it is judged { $status }: the criterion lets this state pass, or the sabotage does nothing
prove-hidden = { $id } can't be judged, it waits for { $needs }: the sabotage breaks something else than it says
prove-not-waiting = { $id } should wait for a lost criterion, it is judged { $status }
prove-start-met = { $id } is met before anything was done
prove-start-unknown = { $id } can't be judged at the start: { $why }
prove-guard-broken = { $id } is to be kept, but it is judged { $status } from the start
prove-few-solutions = at least two reference solutions are needed, there are { $count }
prove-uncovered = no sabotage makes { $id } fail
prove-breaks-nothing = the sabotage "{ $sabotage }" says nothing that it breaks (breaks)
prove-breaks-unknown = the sabotage "{ $sabotage }" says that it breaks { $id }, which is neither a criterion nor a question of this lab
prove-after-unknown = the sabotage "{ $sabotage }" comes after the solution "{ $solution }", which doesn't exist
prove-no-script = the script { $script } is not in the lab's folder
prove-script-failed = the script { $script } failed on { $machine } (status { $status }): { $error }
prove-no-shell = the script could not be started on this PC: { $error }
prove-host-clean = This PC is as before: nothing stayed on it.
prove-host-left = The proof left traces on this PC (paillasse clean removes them):
prove-no-snapshot = the state of this PC could not be taken down: { $error }
