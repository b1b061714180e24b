sed -i 's/"eth0"/"eth1"/' /etc/kea/kea-dhcp4.conf
systemctl restart kea-dhcp4-server
