# Keeping machines apart from this PC.
isolation-old-kernel = This computer's kernel ({ $release }) is too old to isolate machines: Linux 5.19 or newer is needed. Debian 12 and Ubuntu 24.04 have it; on Ubuntu 22.04, install the package linux-generic-hwe-22.04 and restart.
isolation-no-user-namespaces = This computer's kernel has no user namespaces, without which machines cannot be isolated. Use your distribution's kernel (package linux-image-amd64 or linux-generic).
isolation-user-namespaces-off = User namespaces are turned off on this computer: without them machines cannot be isolated. Turn them on: sudo sysctl user.max_user_namespaces=15000
stand-step-unpack = Unpacking the base, once (a minute)
