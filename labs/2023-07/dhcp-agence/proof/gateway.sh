sed -i '/option:router/d' /etc/dnsmasq.d/agence.conf
systemctl restart dnsmasq
