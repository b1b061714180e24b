cat > /etc/dhcp/dhcpd.conf <<X
authoritative;
default-lease-time {{ hours * 3600 }};
max-lease-time {{ hours * 3600 }};
subnet {{ lan.address }} netmask {{ lan.netmask }} {
  range {{ lan.host(first) }} {{ lan.host(first + size) }};
  option routers {{ lan.host(254) }};
  option domain-name-servers {{ siege.host(53) }};
  option domain-name "{{ agency | lower }}.groupe.test";
}
host imprimante {
  hardware ethernet 00:80:77:{{ p1 }}:{{ p2 }}:{{ p3 }};
  fixed-address {{ lan.host(printer) }};
}
X
printf 'INTERFACESv4="eth0"\nINTERFACESv6=""\n' > /etc/default/isc-dhcp-server
systemctl enable isc-dhcp-server
systemctl restart isc-dhcp-server
