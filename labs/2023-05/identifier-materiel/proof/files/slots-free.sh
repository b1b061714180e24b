total=$(dmidecode --type 17 | grep -c '^Memory Device')
full=$(dmidecode --type 17 | grep -c '^[[:space:]]Size: [0-9]' || true)
echo $((total - full))
