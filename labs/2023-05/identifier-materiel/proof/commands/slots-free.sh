dmidecode --type 17 | grep -c 'Size: No Module Installed' || true
