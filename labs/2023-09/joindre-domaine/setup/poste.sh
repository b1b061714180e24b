# As the supplier delivered it: a public name server, a local account for the support team.
printf '127.0.0.1 localhost\n127.0.1.1 poste\n' > /etc/hosts
printf 'nameserver 9.9.9.9\n' > /etc/resolv.conf
useradd --create-home --shell /bin/bash support
# Not by chpasswd: PAM would ask the domain, which is not there yet.
usermod --password "$(printf '%s\n' '{{ local }}' | openssl passwd -6 -stdin)" support
