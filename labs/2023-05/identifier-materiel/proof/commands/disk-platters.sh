device=$(findmnt --noheadings --output SOURCE --target / | sed "s/\[.*//")
lsblk --inverse --noheadings --list --output TYPE,ROTA "$device" | awk '$1 == "disk" { print ($2 == 1) ? "oui" : "non"; exit }'
