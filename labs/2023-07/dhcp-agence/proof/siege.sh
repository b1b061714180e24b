printf 'interface=eth1\ndhcp-range={{ siege.host(100) }},{{ siege.host(150) }},1h\n' >> /etc/dnsmasq.d/agence.conf
systemctl restart dnsmasq
