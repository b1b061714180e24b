dmidecode --type 17 | grep -c '^Memory Device'
