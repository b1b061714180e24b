cat > /etc/kea/kea-dhcp4.conf <<X
{ "Dhcp4": {
  "interfaces-config": { "interfaces": ["eth0"] },
  "lease-database": { "type": "memfile", "persist": true, "lfc-interval": 0 },
  "valid-lifetime": {{ hours * 3600 }},
  "option-data": [
    { "name": "routers", "data": "{{ lan.host(254) }}" },
    { "name": "domain-name-servers", "data": "{{ siege.host(53) }}" },
    { "name": "domain-name", "data": "{{ agency | lower }}.groupe.test" }
  ],
  "subnet4": [ {
    "subnet": "{{ lan }}",
    "pools": [ { "pool": "{{ lan.host(first) }}-{{ lan.host(first + size) }}" } ],
    "reservations": [
      { "hw-address": "00:80:77:{{ p1 }}:{{ p2 }}:{{ p3 }}", "ip-address": "{{ lan.host(printer) }}" }
    ]
  } ]
} }
X
systemctl enable kea-dhcp4-server
systemctl restart kea-dhcp4-server
