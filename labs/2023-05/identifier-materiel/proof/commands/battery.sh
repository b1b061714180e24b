if ls /sys/class/power_supply 2> /dev/null | grep -q -E '^(BAT|CMB)'; then echo oui; else echo non; fi
