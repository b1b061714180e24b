# The lab's machines.
stand-io = { $full ->
    [1] { $doing }: the disk is full. Make room, then try again. Nothing is lost.
   *[other] { $doing }: { $error }.
}
stand-full = { $doing }.
    The disk that holds { $path } is full. Make room (“df -h { $path }” shows what is left), then try again. Nothing is lost.
stand-no-kernel = This computer's kernel has no “{ $name }”, which the machines need. { $mend }
stand-needs-root = Building machines takes administrator rights. Run it again with “sudo”.
stand-no-unit = The lab asks for “{ $unit }” to be on at { $machine }, but the base has no such systemd unit. Correct “enable” in lab.toml.
stand-no-machine = No machine is called { $machine }. There are: { $names }.
stand-machine-down = Machine { $machine } is down. Start the lab again or reset the machine.
stand-not-ready = Machine { $machine } did not finish starting. Its last words:
    { $last }
stand-setup-failed = Script { $script } failed on { $machine } (status { $status }). Its last words:
    { $last }
stand-no-lab = No lab is called “{ $lab }”. “paillasse list” shows them all.
stand-no-solution = This lab has no solution “{ $name }”. It has: { $names }.
stand-none-has = No running lab has a machine “{ $machine }”. “paillasse stand list” shows them all.
stand-several = Several labs have a machine “{ $machine }”. Say which: { $names }.
stand-unknown = No running lab is called “{ $stand }”. “paillasse stand list” shows them all.
stand-spared = { $stand } is kept: an attempt under way will be resumed in it. To tear it down all the same: paillasse stand down { $stand }
stand-list-none = No lab machine on this PC.
stand-up = up
stand-down = down
stand-step-base = Opening the base
stand-step-ready = { $machine } is ready
stand-step-setup = Setting { $machine } up ({ $script })
stand-step-reset = Putting { $machine } back to its starting state
stand-step-down = Taking { $stand } down
stand-do-write = The lab's folder could not be written
stand-do-ask = The machines' keeper no longer answers
stand-do-keeper = The machines' keeper could not start
stand-do-isolate = The machines' keeper could not set itself apart from the PC
stand-do-listen = The machines' keeper could not open its door
stand-do-mount-base = The base could not be mounted
stand-do-mount = The disk of { $machine } could not be mounted
stand-do-network = The lab's network could not be built
stand-do-start = { $machine } could not start
stand-do-clear = What is left of { $machine } could not be removed
stand-do-keep = The machines' starting state could not be kept
stand-do-clean = The lab could not be taken down entirely
stand-do-enter = The machine could not be reached
stand-do-read-plan = The lab's plan could not be read
stand-bad-address = Address “{ $value }” of { $machine } can't be read. Write it as 10.0.0.1/24 or fd00::1/64.
stand-bad-size = Size “{ $value }” of disk { $disk } can't be read. Write it as 8GiB.
stand-bad-disk = Disk “{ $disk }” of { $machine } must be called sdb, sdc… up to sdz, each name once.
stand-bad-gateway = Gateway { $gateway } of network { $network } has no address there.
stand-no-script = Script “{ $script }” is not in the lab's folder.
stand-twice = The name “{ $name }” is given twice in [stand].
stand-here = This lab is about the PC itself: it has no machines to build.
clean-nothing = Nothing to clean: this PC bears no trace of a lab.
clean-held = { $stand }: left in place, the app is using it.
clean-would = { $stand }: would be taken down ({ $processes ->
    [0] no process
    [one] { $processes } process
   *[other] { $processes } processes
}).
clean-done = { $stand }: taken down ({ $processes ->
    [0] no process
    [one] { $processes } process ended
   *[other] { $processes } processes ended
}).
clean-failed = { $stand }: could not be taken down entirely ({ $error }). Run “sudo paillasse clean” again.
clean-pruned = Removed, nothing used them any more: bases, { $bases }; prepared layers, { $layers }.
stand-do-disk = Disk { $disk } of { $machine } could not be plugged in
stand-do-trial = Virtual disks could not be tried
stand-step-prepare = Preparing { $machine } ({ $script }), once on this PC
stand-step-packages = Adding the packages { $names }, once on this PC
stand-do-fetch = apt could not be started to fetch packages
stand-no-packages =
    The packages { $names }, which this lab adds to the base, could not be fetched. Connect this PC to the network (a Debian mirror, or that of PAILLASSE_MIRROR) and try again: they are kept afterwards. The other labs do not depend on them.
        { $last }
stand-do-layer = The prepared layer of { $machine } could not be built
stand-left-process = process { $pid } ({ $name })
stand-left-mount = mount { $at }
stand-left-link = network link { $name }
stand-left-loop = device { $device } { $file }
stand-left-cgroup = control group { $path }
stand-left-folder = folder { $path }
stand-disk-needs-privileged = A virtual disk needs isolation = "privileged" in [stand]. Mend lab.toml.
stand-do-user-namespace = The machines could not be isolated in a user namespace
stand-jailed = Paillasse runs under a changed root directory (chroot) here: a lab's machine would not be isolated from the PC. Start it on the PC itself, or in a container with a mount namespace of its own.
