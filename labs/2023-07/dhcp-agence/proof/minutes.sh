sed -i 's/,{{ hours }}h$/,{{ hours }}m/' /etc/dnsmasq.d/agence.conf
systemctl restart dnsmasq
