# One manager for an interface: ifupdown lets go of it.
ifdown --force eth0
sed -i '/eth0/d' /etc/network/interfaces
systemctl enable --now NetworkManager
nmcli --wait 30 connection add type ethernet con-name agence ifname eth0 ipv4.method auto ipv6.method ignore
nmcli --wait 30 connection up agence
