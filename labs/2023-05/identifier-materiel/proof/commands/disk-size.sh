device=$(findmnt --noheadings --output SOURCE --target / | sed "s/\[.*//")
lsblk --inverse --noheadings --bytes --list --output TYPE,SIZE "$device" | awk '$1 == "disk" { print int($2 / 1000000) " MB"; exit }'
