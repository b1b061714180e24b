awk '$2 == "00000000" && $8 == "00000000" { print $7, $1 }' /proc/net/route | sort -n | awk '{ print $2; exit }'
