ifdown --force eth0
sed -i '/eth0/d' /etc/network/interfaces
printf '[Match]\nName=eth0\n\n[Network]\nDHCP=ipv4\n' > /etc/systemd/network/agence.network
systemctl enable --now systemd-networkd
# Without systemd-resolved nobody writes the name server down.
printf 'nameserver {{ siege.host(53) }}\n' > /etc/resolv.conf
n=0
until ip -4 route show default | grep -q .; do
  n=$((n + 1)); [ "$n" -lt 150 ] || exit 1
  sleep 0.2
done
