# This attempt's units, group and people, in one go: each samba-tool would start Python anew.
printf '127.0.0.1 localhost\n192.168.50.10 dc1.atelier.test dc1\n' > /etc/hosts
printf 'search atelier.test\nnameserver 192.168.50.10\n' > /etc/resolv.conf
python3 - <<'X'
from samba.auth import system_session
from samba.param import LoadParm
from samba.samdb import SamDB

lp = LoadParm()
lp.load_default()
db = SamDB(url=lp.private_path("sam.ldb"), session_info=system_session(), lp=lp)
base = "DC=atelier,DC=test"
agency = "OU={{ agency }}," + base
for unit in (agency, "OU=Postes," + agency, "OU=Personnes," + agency):
    db.create_ou(unit)
db.newgroup("{{ team }}", groupou="OU=Personnes,OU={{ agency }}")
db.newuser("{{ newcomer.login }}", "{{ secret }}", userou="OU=Personnes,OU={{ agency }}",
           givenname="{{ newcomer.first }}", surname="{{ newcomer.last }}")
db.add_remove_group_members("{{ team }}", ["{{ newcomer.login }}"])
db.setpassword("(sAMAccountName=Administrator)", "{{ admin }}", force_change_at_next_login=False)
X
# Ready means that the controller answers as joining will ask it: a ticket, then the directory.
export KRB5CCNAME=FILE:/run/ready LDAPSASL_NOCANON=on
n=0
until printf '%s\n' '{{ admin }}' | kinit Administrator@ATELIER.TEST &&
  ldapsearch -Q -Y GSSAPI -H ldap://dc1.atelier.test -b 'OU={{ agency }},DC=atelier,DC=test' -s base &&
  host -W 1 -t SRV _ldap._tcp.dc._msdcs.atelier.test 192.168.50.10; do
  n=$((n + 1)); [ "$n" -lt 1200 ] || exit 1
  sleep 0.1
done > /dev/null 2>&1
rm -f /run/ready
