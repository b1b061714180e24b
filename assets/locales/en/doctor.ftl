# The PC's examination.
doctor-root = Administrator's rights: yes
doctor-no-root = Administrator's rights: no (only labs "on this PC" can run)
doctor-mend-root = Run it again with "sudo" for labs that need machines.
doctor-kernel = Kernel: { $name } available
doctor-no-kernel = Kernel: { $name } missing
doctor-mend-kernel = Use your distribution's kernel (package linux-image-amd64 or linux-generic): it brings { $name }.
doctor-mend-kernel-ubuntu = Install the package { $package }, which brings { $name }, or use the kernel linux-generic.
doctor-namespaces = Kernel: namespaces available
doctor-no-namespaces = Kernel: namespaces missing ({ $names })
doctor-cgroups = Control groups: { $layout }
doctor-system = System: { $name }
doctor-other-system = System: { $name }, not one of those followed (Debian 12 and 13, Ubuntu 22.04 and 24.04)
doctor-mend-other-system = If the machines don't start, import a base built on a followed system: “sudo paillasse base import FILE”.
doctor-kernel-release = Kernel: version { $release }
doctor-kernel-old = Kernel: version { $release }, too old ({ $oldest } or newer is needed)
doctor-mend-kernel-old = Install a newer kernel of your distribution, then restart the PC.
doctor-old-cgroups = Control groups: v1 only; systemd can't start in a machine
doctor-mend-old-cgroups = Restart the PC with the kernel parameter “systemd.unified_cgroup_hierarchy=1”.
doctor-apparmor = User namespaces: kept by AppArmor to privileged programs, which does not hinder stands that root builds
doctor-no-user-namespaces = User namespaces: forbidden on this PC
doctor-mend-user-namespaces = Give “user.max_user_namespaces” a value other than zero (sysctl), 10000 for instance.
doctor-no-cgroups = Control groups: none
doctor-mend-cgroups = Mount cgroup2 on /sys/fs/cgroup (systemd does so by itself).
doctor-limit = Control groups: “{ $name }” limits each machine
doctor-no-limit = Control groups: no “{ $name }”, machines are not limited by it
doctor-mend-limit = Boot your distribution's kernel with its own options (without “cgroup_disable={ $name }”).
doctor-isolation = Kernel: machines are isolated from this PC (user namespace)
doctor-isolation-unpacked = Kernel: machines are isolated from this PC (user namespace); before Linux 6.2 the base is unpacked once (600 MB)
doctor-no-isolation = Kernel: machines cannot be isolated from this PC
doctor-space = Free space in { $path }: { $free }
doctor-mend-space = Make room: a machine may write up to 4 GB.
doctor-tools = Tools that build the base: there
doctor-no-tools = Tools that build the base: { $packages } missing
doctor-mend-install = Run "sudo paillasse doctor --install".
doctor-base = The machines' base: { $hash }
doctor-no-base = The machines' base: none
doctor-base-unreadable = The machines' base: unreadable ({ $error })
doctor-mend-base-unreadable = Run it again with "sudo".
doctor-no-apt = This system does not use apt. Install { $packages } yourself, or import a base built on another PC: "sudo paillasse base import FILE".
doctor-apt-failed = "{ $command }" failed. Read the message above, mend it, then run again.
doctor-plan = Making the labs' machines takes a Debian base: about 450 MB to download, 250 MB kept, 5 minutes.{ $count ->
    [0] { "" }
   *[other] { " " }Packages to install on this PC: { $packages }.
} No service will be installed or started on this PC.
doctor-ask = Go on? [Y/n]
doctor-refused = Nothing was installed.
doctor-base-older = The machines' base: { $hash }, built by another version
doctor-mend-base-older = Run "sudo paillasse base build": newer labs may ask for packages that it lacks.
