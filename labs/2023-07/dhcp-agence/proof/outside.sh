sed -i 's/^dhcp-range=.*/dhcp-range={{ lan.host(first + 100) }},{{ lan.host(first + 120) }},255.255.255.0,{{ hours }}h/' /etc/dnsmasq.d/agence.conf
rm -f /var/lib/misc/dnsmasq.leases
systemctl restart dnsmasq
