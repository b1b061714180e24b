# hardware
probe-source-hardware = matériel de ce PC (/proc, /sys, tables DMI)
probe-hardware-no-dmi = ce PC ne publie pas de tables DMI (cas de certaines machines virtuelles)
probe-hardware-need-root = les tables DMI ne sont lisibles que par l'administrateur : relancez paillasse avec sudo
probe-hardware-not-shown = ce PC ne donne pas cette information
probe-hardware-no-firmware = ce PC n'indique pas quel micrologiciel l'a démarré
probe-hardware-no-secure-boot = ce PC n'indique pas l'état de Secure Boot
probe-hardware-virtual-disk = c'est un disque virtuel
probe-hardware-no-system-disk = le disque du système n'a pas pu être déterminé
probe-hardware-no-graphics = ce PC ne montre aucune carte graphique
probe-hardware-no-name = la liste des noms de composants PCI (pci.ids) n'est pas installée ou ne le connaît pas
probe-hardware-no-driver = aucun pilote n'est associé à ce composant
probe-hardware-no-link = la liaison est coupée ou son débit n'est pas connu
probe-hardware-no-main-adapter = aucune carte réseau n'est celle de la route par défaut
