printf 'search atelier.test\nnameserver 192.168.50.10\n' > /etc/resolv.conf
printf '%s\n' '{{ admin }}' | realm join --user=Administrator \
  --computer-ou='OU=Postes,OU={{ agency }},DC=atelier,DC=test' atelier.test
pam-auth-update --enable mkhomedir
n=0
until getent passwd '{{ newcomer.login }}@atelier.test' > /dev/null; do
  n=$((n + 1)); [ "$n" -lt 600 ] || exit 1
  sleep 0.2
done
