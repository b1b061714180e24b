sed -i 's/^dhcp-host=00:80:77/dhcp-host=00:80:7f/' /etc/dnsmasq.d/agence.conf
systemctl restart dnsmasq
