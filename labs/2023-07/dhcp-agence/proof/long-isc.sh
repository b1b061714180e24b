sed -i 's/{{ lan.host(first + size) }};/{{ lan.host(first + size + 1) }};/' /etc/dhcp/dhcpd.conf
systemctl restart isc-dhcp-server
