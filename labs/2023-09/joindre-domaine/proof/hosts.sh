printf 'nameserver 9.9.9.9\n' > /etc/resolv.conf
printf '192.168.50.10 dc1.atelier.test dc1 atelier.test\n' >> /etc/hosts
