# What the probes say: where an observation comes from, why there is none.
probe-no-right = no right to read { $subject }
probe-timed-out = { $subject } did not answer in time
probe-io = { $subject } could not be read: { $error }
probe-too-large = { $subject } is too large to be read
probe-missing-tool = the program { $tool } is not installed on the machine
probe-source-file = file { $path }
probe-source-command = command { $command }
probe-source-partition = partition table of { $disk }, read from the disk
probe-source-filesystem = content of { $device }, read from the medium
probe-source-mount = current mount on { $target }
probe-source-fstab = mount at startup on { $target } (fstab, mount units)
probe-source-swap = swap space of { $disk } (/proc/swaps, fstab)
