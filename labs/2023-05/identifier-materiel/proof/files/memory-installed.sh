if command -v lshw > /dev/null; then
    LC_ALL=C lshw -class memory -quiet | awk '/\*-memory$/ || /\*-memory:0$/ { found = 1 } found && /size:/ { print $2; exit }'
else
    dmidecode --type 17 | awk '/^\tSize: [0-9]+ MB/ { sum += $2 } /^\tSize: [0-9]+ GB/ { sum += $2 * 1024 } END { print sum / 1024 " GiB" }'
fi
