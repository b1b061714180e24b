//! A directory on `peer` (Samba as a domain controller of Active Directory, without its DNS and its shares), asked from `pc`:
//! Kerberos and LDAP. Membership of a domain and logins by it are proven by the lab that joins one.

use libtest_mimic::Trial;

use crate::frame::{Bench, Table, right, unknown, wrong};

pub(crate) fn trials(bench: &Bench) -> Vec<Trial> {
    [KERBEROS, LDAP].into_iter().map(|table| bench.table(table)).collect()
}

/// A script for `peer`, whose directory has the unit `Personnes` with the groups `Compta` and `Compta2` and the account
/// `lecteur`, and no account `anne`. `person [PLACE [CONTROL [PASSWORD]]]` makes one by LDAP, `change LINES` changes hers,
/// `member GROUP` puts her in a group.
macro_rules! directory {
    ($script:literal) => {
        concat!(
            "export LC_ALL=C; BASE=DC=atelier,DC=test; STORE=/srv/ad/private/sam.ldb; CONF=/srv/ad/etc/smb.conf\n",
            "secret() { printf '\"%s\"' \"$1\" | iconv -t UTF-16LE | base64 -w0; }\n",
            "person() { printf 'dn: CN=anne,%s\\nobjectClass: user\\nsAMAccountName: anne\\nuserAccountControl: %s\\nunicodePwd:: %s\\n' ",
            "\"${1:-OU=Personnes,$BASE}\" \"${2:-512}\" \"$(secret \"${3:-Atelier-2026}\")\" | ldbadd -H $STORE >/dev/null; }\n",
            "change() { printf 'dn: CN=anne,OU=Personnes,%s\\nchangetype: modify\\n%b\\n' $BASE \"$1\" | ldbmodify -H $STORE; }\n",
            "member() { printf 'dn: CN=%s,OU=Personnes,%s\\nchangetype: modify\\nadd: member\\nmember: CN=anne,OU=Personnes,%s\\n' $1 $BASE $BASE | ldbmodify -H $STORE; }\n",
            "if ! [ -e /srv/ad/ready ]; then\n",
            " echo '10.77.0.2 dc1.atelier.test dc1' >> /etc/hosts\n",
            " samba-tool domain provision --targetdir=/srv/ad --realm=ATELIER.TEST --domain=ATELIER --server-role=dc --dns-backend=NONE --host-name=dc1 --host-ip=10.77.0.2 ",
            "--adminpass=Provisoire-2026! --option='server services = rpc, ldap, cldap, kdc' >/dev/null 2>&1\n",
            " mkdir -p /run/samba; samba -s $CONF -D >/dev/null 2>&1 </dev/null\n",
            " { printf 'dn: OU=Personnes,%s\\nobjectClass: organizationalUnit\\n\\n' $BASE; for name in Compta Compta2; do printf 'dn: CN=%s,OU=Personnes,%s\\nobjectClass: group\\nsAMAccountName: %s\\n\\n' $name $BASE $name; done\n",
            " printf 'dn: CN=lecteur,CN=Users,%s\\nobjectClass: user\\nsAMAccountName: lecteur\\nuserAccountControl: 512\\nunicodePwd:: %s\\n' $BASE \"$(secret Atelier-2026)\"; } | ldbadd -H $STORE\n",
            " timeout 60 sh -c 'until ss -Hltn sport = :389 | grep -q . && ss -Hltn sport = :88 | grep -q .; do sleep .1; done'\n",
            " touch /srv/ad/ready\n",
            "fi\n",
            "for place in OU=Personnes CN=Users; do ldbdel -H $STORE CN=anne,$place,$BASE >/dev/null 2>&1 || true; done\n",
            $script
        )
    };
}

/// The realm as `pc` has to know it: there is no DNS here.
const RESET: &str = "for tool in kinit ldapsearch; do [ -e /usr/bin/$tool.gone ] && mv /usr/bin/$tool.gone /usr/bin/$tool; done; \
    grep -q dc1 /etc/hosts || echo '10.77.0.2 dc1.atelier.test dc1' >> /etc/hosts; \
    printf '[libdefaults]\\n default_realm = ATELIER.TEST\\n dns_lookup_kdc = false\\n rdns = false\\n[realms]\\n ATELIER.TEST = {\\n  kdc = dc1.atelier.test\\n }\\n' > /etc/krb5.conf";

const KERBEROS: Table = Table {
    family: "kerberos",
    criterion: "probe = { kerberos = { principal = \"anne@ATELIER.TEST\", password = \"Atelier-2026\" } }\nexpect = { answered = true, accepted = true, must-change = false }",
    reset: RESET,
    rows: &[
        right("made by samba-tool", "").with_peer(directory!("samba-tool user create anne Atelier-2026 -s $CONF")),
        right("made by LDAP", "").with_peer(directory!("person")),
        right("her password set since", "").with_peer(directory!("person '' '' Provisoire-1; change \"replace: unicodePwd\\nunicodePwd:: $(secret Atelier-2026)\"")),
        right("disabled, and enabled again", "").with_peer(directory!("person '' 514; change 'replace: userAccountControl\\nuserAccountControl: 512'")),
        wrong("no such account", "").with_peer(directory!("true")),
        wrong("another password", "").with_peer(directory!("person '' '' Provisoire-1")),
        wrong("a password that must be changed first", "").with_peer(directory!("person; change 'replace: pwdLastSet\\npwdLastSet: 0'")),
        wrong("a disabled account", "").with_peer(directory!("person '' 514")),
        wrong("an account that has ended", "").with_peer(directory!("person; change 'replace: accountExpires\\naccountExpires: 130000000000000000'")),
        right("and why not: it must be changed", "").with_peer(directory!("person; change 'replace: pwdLastSet\\npwdLastSet: 0'"))
            .judged_by("probe = { kerberos = { principal = \"anne@ATELIER.TEST\", password = \"Atelier-2026\" } }\nexpect = { accepted = false, known = true, must-change = true }"),
        unknown("without kinit", "mv /usr/bin/kinit /usr/bin/kinit.gone").with_peer(directory!("person")),
    ],
};

const LDAP: Table = Table {
    family: "ldap",
    criterion: "probe = { ldap = { host = \"dc1.atelier.test\", base = \"DC=atelier,DC=test\", filter = \"(sAMAccountName=anne)\", user = \"lecteur@atelier.test\", password = \"Atelier-2026\", insecure = true } }\n\
                expect = { login = true, exists = true, enabled = true, container = \"OU=Personnes,DC=atelier,DC=test\", groups = { contains = \"Compta\" } }",
    reset: RESET,
    rows: &[
        right("by samba-tool", "").with_peer(directory!(
            "samba-tool user create anne Atelier-2026 --userou=OU=Personnes -s $CONF; samba-tool group addmembers Compta anne -s $CONF"
        )),
        right("by LDAP", "").with_peer(directory!("person; member Compta")),
        right("made elsewhere, then moved", "").with_peer(directory!(
            "person CN=Users,$BASE; ldbrename -H $STORE CN=anne,CN=Users,$BASE CN=anne,OU=Personnes,$BASE; member Compta"
        )),
        wrong("in no group", "").with_peer(directory!("person")),
        wrong("in a group whose name only begins so", "").with_peer(directory!("person; member Compta2")),
        wrong("in another place", "").with_peer(directory!(
            "person; member Compta; ldbrename -H $STORE CN=anne,OU=Personnes,$BASE CN=anne,CN=Users,$BASE"
        )),
        wrong("disabled", "").with_peer(directory!("person '' 514; member Compta")),
        wrong("no such account", "").with_peer(directory!("true")),
        wrong("who asks has another password", "").with_peer(directory!("person; member Compta"))
            .judged_by("probe = { ldap = { host = \"dc1.atelier.test\", base = \"DC=atelier,DC=test\", filter = \"(sAMAccountName=anne)\", user = \"lecteur@atelier.test\", password = \"autre\", insecure = true } }\nexpect = { login = true }"),
        unknown("without ldapsearch", "mv /usr/bin/ldapsearch /usr/bin/ldapsearch.gone").with_peer(directory!("person; member Compta")),
    ],
};
