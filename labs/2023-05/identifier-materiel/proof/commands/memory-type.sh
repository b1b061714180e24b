dmidecode --type 17 | sed -n 's/^\tType: //p' | grep -v Unknown | head -n 1
