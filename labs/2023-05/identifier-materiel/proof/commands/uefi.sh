if [ -d /sys/firmware/efi ]; then echo oui; else echo non; fi
