systemctl disable dnsmasq
