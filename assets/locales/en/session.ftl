# The record of attempts
session-record-io = the record { $path } can't be reached: { $error }. Check the rights of the folder, or name another with the variable PAILLASSE_DATA
session-record-full = the disk is full: nothing could be added to { $path }, what it held is intact. Free some space, then try again
session-record-newer = { $path } was written by a later version of Paillasse: update the app, or name another folder with the variable PAILLASSE_DATA. Nothing was changed
session-record-busy = another program has held { $path } for more than five seconds: close the other Paillasse, then try again
session-record-altered = attempt { $attempt } was changed outside of Paillasse (entry { $entry }): it can no longer be resumed or serve as evidence. Start a new one
session-record-no-attempt = there is no attempt { $attempt } in the record
session-record-sqlite = the record { $path } does not answer: { $error }
session-record-damaged = the record of attempts { $path } is damaged ({ $error }). Nothing is lost: it is kept as { $kept } and a new record is opened. To try to repair it: sqlite3 "{ $kept }" .recover

# What can hinder an attempt
session-gone = the machines of attempt { $attempt } no longer exist (they were cleaned up). You can go on with it on fresh machines: time, hints and answers stay, the work done on the old machines has to be done again
session-down = the machines of attempt { $attempt } are down: resume it first (paillasse run)
session-over = attempt { $attempt } is over
session-unreadable = attempt { $attempt } was begun with another version of Paillasse, which this one can't read: resume it with that version, or start a new one
session-no-question = this lab has no question "{ $id }"
session-lab-wrong = the lab { $lab } is not right: { $error }. Its author checks it with "paillasse lab check"
session-machine = machine { $machine }
session-machine-down = { $machine } is down: nothing can be checked on it
session-machine-mute = { $machine } does not answer: { $error }
session-agent-cut = the link was cut, as by a restart; the next check tries again
session-agent-late = no answer in time
session-agent-refused = its answer makes no sense

# What is being done
session-rebooting = restarting { $machine }
session-restarting = restarting the service { $unit } of { $machine }
