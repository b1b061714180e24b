sed -i 's/"valid-lifetime": [0-9]*/"valid-lifetime": {{ hours * 3600 + 1 }}/' /etc/kea/kea-dhcp4.conf
systemctl restart kea-dhcp4-server
