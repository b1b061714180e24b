name=$(ip -4 route show default | sed -n 's/.* dev \([^ ]*\).*/\1/p' | head -n 1)
ip -oneline link show dev "$name" | sed -n 's|.* link/ether \([^ ]*\).*|\1|p'
