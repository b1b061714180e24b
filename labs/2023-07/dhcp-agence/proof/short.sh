sed -i 's/,{{ lan.host(first + size) }},/,{{ lan.host(first + size - 1) }},/' /etc/dnsmasq.d/agence.conf
systemctl restart dnsmasq
