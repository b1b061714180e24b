dmidecode --type 17 | awk '/^\tSize: [0-9]/ { sum += $2 * ($3 == "GB" ? 1024 : 1) } END { print sum " MiB" }'
