echo 'nameserver {{ lan.host(253) }}' > /etc/resolv.conf
