dmidecode --type 16 | awk '/Number Of Devices:/ { sum += $4 } END { print sum }'
