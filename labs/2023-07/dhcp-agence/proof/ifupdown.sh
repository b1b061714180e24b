ifdown --force eth0
sed -i 's/^iface eth0 inet .*/iface eth0 inet dhcp/' /etc/network/interfaces
ifup eth0
