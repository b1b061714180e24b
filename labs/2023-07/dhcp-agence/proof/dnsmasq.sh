cat > /etc/dnsmasq.d/agence.conf <<X
interface=eth0
bind-interfaces
no-ping
dhcp-range={{ lan.host(first) }},{{ lan.host(first + size) }},255.255.255.0,{{ hours }}h
dhcp-option=option:router,{{ lan.host(254) }}
dhcp-option=option:dns-server,{{ siege.host(53) }}
domain={{ agency | lower }}.groupe.test
dhcp-host=00:80:77:{{ p1 }}:{{ p2 }}:{{ p3 }},imprimante,{{ lan.host(printer) }}
X
systemctl enable dnsmasq
systemctl restart dnsmasq
