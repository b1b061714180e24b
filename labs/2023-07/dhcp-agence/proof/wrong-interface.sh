sed -i 's/^interface=.*/interface=eth1/' /etc/dnsmasq.d/agence.conf
systemctl restart dnsmasq
