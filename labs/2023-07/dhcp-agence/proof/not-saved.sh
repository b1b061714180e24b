sed -i 's/^iface eth0 inet .*/iface eth0 inet manual/' /etc/network/interfaces
