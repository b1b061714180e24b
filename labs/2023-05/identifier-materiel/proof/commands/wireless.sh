name=$(ip -4 route show default | sed -n 's/.* dev \([^ ]*\).*/\1/p' | head -n 1)
if [ -d "/sys/class/net/$name/phy80211" ]; then echo oui; else echo non; fi
