printf 'search atelier.test\nnameserver 192.168.50.10\n' > /etc/resolv.conf
cat > /etc/samba/smb.conf <<X
[global]
  workgroup = ATELIER
  realm = ATELIER.TEST
  security = ads
  idmap config * : backend = tdb
  idmap config * : range = 3000-7999
  idmap config ATELIER : backend = rid
  idmap config ATELIER : range = 10000-999999
  template shell = /bin/bash
  template homedir = /home/%U
  winbind use default domain = yes
X
net ads join -U 'Administrator%{{ admin }}' createcomputer='{{ agency }}/Postes'
pam-auth-update --enable mkhomedir
systemctl enable winbind
systemctl restart winbind
n=0
until getent passwd '{{ newcomer.login }}' > /dev/null; do
  n=$((n + 1)); [ "$n" -lt 600 ] || exit 1
  sleep 0.2
done
