# The front-desk PC answers too, with the address it was lent.
printf 'no-ping\nport=0\ndhcp-range={{ lan.host(first) }},{{ lan.host(first + size) }},1h\n' > /etc/dnsmasq.d/rogue.conf
systemctl start dnsmasq
