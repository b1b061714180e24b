dmidecode --type 17 | awk '/^\tSize: [0-9]/ { full = 1 } /^\tType: / && full { print $2; exit }'
