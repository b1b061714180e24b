printf 'search atelier.test\nnameserver 192.168.50.10\n' > /etc/resolv.conf
printf '%s' '{{ admin }}' | adcli join --stdin-password --login-user=Administrator --domain=atelier.test \
  --domain-ou='OU=Postes,OU={{ agency }},DC=atelier,DC=test'
cat > /etc/sssd/sssd.conf <<X
[sssd]
domains = atelier.test
services = nss, pam

[domain/atelier.test]
id_provider = ad
access_provider = ad
ad_domain = atelier.test
krb5_realm = ATELIER.TEST
use_fully_qualified_names = False
fallback_homedir = /home/%u
default_shell = /bin/bash
dyndns_update = False
X
chmod 600 /etc/sssd/sssd.conf
pam-auth-update --enable mkhomedir
systemctl enable sssd
systemctl restart sssd
n=0
until getent passwd '{{ newcomer.login }}' > /dev/null; do
  n=$((n + 1)); [ "$n" -lt 600 ] || exit 1
  sleep 0.2
done
