# Near what was lent, and in the range: only how it came differs.
lent=$(ip -4 -brief address show eth0 | tr -s ' ' | cut -d ' ' -f 3 | cut -d / -f 1)
last=$(printf '%s' "$lent" | cut -d . -f 4)
if [ "$last" -eq {{ first + size }} ]; then last=$((last - 1)); else last=$((last + 1)); fi
pkill dhclient || true
ip address flush dev eth0
ip address add "$(printf '%s' "$lent" | cut -d . -f 1-3).$last/24" dev eth0
ip route add default via {{ lan.host(254) }}
