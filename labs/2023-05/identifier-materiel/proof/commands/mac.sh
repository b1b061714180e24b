name=$(ip -4 route show default | sed -n 's/.* dev \([^ ]*\).*/\1/p' | head -n 1)
# Without a way out, the only one there is.
[ -n "$name" ] || name=$(for each in /sys/class/net/*/device; do basename "$(dirname "$each")"; done)
ip -oneline link show dev "$name" | sed -n 's|.* link/ether \([^ ]*\).*|\1|p' | grep . || cat "/sys/class/net/$name/address"
