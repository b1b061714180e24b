# The life of a stand: put back, paused, kept.
stand-no-state = No state “{ $state }” of { $machine } was kept. “paillasse stand snapshot { $state }” keeps one.
stand-bad-state = A state can't be called “{ $state }”. Use one to forty small letters, digits and hyphens; “start” is the state the lab begins with.
stand-not-whole = { $stand } can't be resumed: it was not built to the end, or a power cut took a part of it. Take it down with “paillasse clean”, then start the lab again.
stand-step-pause = Stopping { $machine }
stand-which = There are several labs on this PC. Say which: { $names }.
stand-held = { $stand } is in use: close the app that works in it first.
clean-attempt = { $stand } held the machines of attempt { $attempt } ({ $lab }), put aside. The attempt itself stays in the record: to go on with it, start the lab again; it begins on fresh machines.
