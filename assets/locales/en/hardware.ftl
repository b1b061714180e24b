# hardware
probe-source-hardware = this PC's hardware (/proc, /sys, DMI tables)
probe-hardware-no-dmi = this PC publishes no DMI tables (some virtual machines have none)
probe-hardware-need-root = only the administrator may read the DMI tables: run paillasse again with sudo
probe-hardware-not-shown = this PC does not give this information
probe-hardware-no-firmware = this PC does not say which firmware started it
probe-hardware-no-secure-boot = this PC does not say whether Secure Boot is on
probe-hardware-virtual-disk = it is a virtual disk
probe-hardware-no-system-disk = the system's disk could not be determined
probe-hardware-no-graphics = this PC shows no graphics adapter
probe-hardware-no-name = the list of PCI names (pci.ids) is not installed or does not know it
probe-hardware-no-driver = no driver holds this component
probe-hardware-no-link = the link is down or its speed is not known
probe-hardware-no-main-adapter = no network adapter is that of the default route
