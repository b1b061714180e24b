sed -i '/option:dns-server/d' /etc/dnsmasq.d/agence.conf
systemctl restart dnsmasq
