systemctl stop dnsmasq
