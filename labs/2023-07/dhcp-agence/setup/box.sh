# The provider's router: it knows the head office's names, and hands out no address.
cat > /etc/dnsmasq.d/groupe.conf <<X
no-resolv
no-hosts
local=/groupe.test/
address=/intranet.groupe.test/{{ siege.host(80) }}
X
systemctl restart dnsmasq
