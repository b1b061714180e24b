//! Shares and SSH of `peer`, used from `pc`.

use libtest_mimic::Trial;

use crate::frame::{Bench, Table, right, unknown, wrong};

pub(crate) fn trials(bench: &Bench) -> Vec<Trial> {
    vec![bench.table(SHARE), bench.table(SSH)]
}

/// A script for `peer` with: accounts `anne` and `luc` of the system and of Samba; `share LINE…` (Samba with the share
/// `Compta` on `/srv/compta`), `sshd LINE…` (an SSH server with these settings and Anne's key).
macro_rules! peer {
    ($script:literal) => {
        concat!(
            "systemctl stop smbd ssh 2>/dev/null || true; systemctl reset-failed 2>/dev/null || true; rm -rf /srv/compta /etc/ssh/sshd_config.d/row.conf /home/anne/.ssh; chmod 755 /home/anne 2>/dev/null || true\n",
            "for name in anne luc; do id $name >/dev/null 2>&1 || useradd -m -s /bin/bash $name; echo $name:hush-$name | chpasswd -c SHA512; done\n",
            "gpasswd -d anne luc >/dev/null 2>&1 || true; printf '[global]\\nmap to guest = never\\n' > /etc/samba/smb.conf; pdbedit -L 2>/dev/null | grep -q ^anne: || for name in anne luc; do printf \"hush-$name\\nhush-$name\\n\" | smbpasswd -s -a $name >/dev/null; done\n",
            "mkdir -p /srv/compta; echo bilan > /srv/compta/bilan.txt; chmod 777 /srv/compta\n",
            "share() { { echo '[global]'; echo \"map to guest = ${GUEST:-never}\"; echo 'disable spoolss = yes'; echo 'load printers = no'; echo '[Compta]'; echo 'path = /srv/compta'; for line; do echo \"$line\"; done; } > /etc/samba/smb.conf; systemctl start smbd; timeout 10 sh -c 'until ss -Hltn sport = :445 | grep -q .; do sleep .05; done'; }\n",
            "sshd() { mkdir -p /home/anne/.ssh; echo 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIEfxH6pq4oVS5k3kUtN6qfziXKpnKEbx7CCF+hTMoo11 row' > /home/anne/.ssh/authorized_keys; chown -R anne: /home/anne/.ssh; chmod 700 /home/anne/.ssh; chmod 600 /home/anne/.ssh/authorized_keys; printf '%s\\n' \"$@\" > /etc/ssh/sshd_config.d/row.conf; systemctl start ssh; timeout 10 sh -c 'until ss -Hltn sport = :22 | grep -q .; do sleep .05; done'; }\n",
            $script
        )
    };
}

const RESET: &str = "for tool in smbclient ssh; do [ -e /usr/bin/$tool.gone ] && mv /usr/bin/$tool.gone /usr/bin/$tool; done; \
    rm -f /root/k; ssh-keygen -q -t ed25519 -N '' -f /root/k";

const SHARE: Table = Table {
    family: "share",
    criterion: "probe = { share = { host = \"10.77.0.2\", share = \"Compta\", user = \"anne\", password = \"hush-anne\", file = \"bilan.txt\" } }\n\
                expect = { login = true, as-guest = false, read = true, write = true, delete = true }",
    reset: RESET,
    rows: &[
        right("for her alone", "").with_peer(peer!("share 'read only = no' 'valid users = anne'")),
        right("read only, but for her", "").with_peer(peer!("share 'read only = yes' 'write list = anne'")),
        right("by the folder's access list", "")
            .with_peer(peer!("chmod 750 /srv/compta; setfacl -m u:anne:rwx -m d:u:anne:rwx /srv/compta; share 'writable = yes'")),
        right("through a group", "")
            .with_peer(peer!("gpasswd -a anne luc >/dev/null; chgrp luc /srv/compta; chmod 2770 /srv/compta; share 'writable = yes' 'valid users = @luc'")),
        wrong("read only", "").with_peer(peer!("share 'read only = yes'")),
        wrong("the folder itself says no", "").with_peer(peer!("chmod 755 /srv/compta; share 'read only = no'")),
        wrong("for Luc alone", "").with_peer(peer!("share 'read only = no' 'valid users = luc'")),
        wrong("there under another name", "").with_peer(peer!("share 'read only = no'; sed -i 's/.Compta./[Comptabilite]/' /etc/samba/smb.conf; smbcontrol smbd reload-config")),
        wrong("as a guest only: there is no such account", "")
            .with_peer(peer!("GUEST='bad user' share 'read only = no' 'guest ok = yes'"))
            .judged_by("probe = { share = { host = \"10.77.0.2\", share = \"Compta\", user = \"zoe\", password = \"x\", file = \"bilan.txt\" } }\nexpect = { login = true, read = true }"),
        wrong("as a guest only: any password will do", "")
            .with_peer(peer!("GUEST='bad password' share 'read only = no' 'guest ok = yes'"))
            .judged_by("probe = { share = { host = \"10.77.0.2\", share = \"Compta\", user = \"anne\", password = \"nope\" } }\nexpect = { login = true }"),
        wrong("another password", "")
            .with_peer(peer!("share 'read only = no'"))
            .judged_by("probe = { share = { host = \"10.77.0.2\", share = \"Compta\", user = \"anne\", password = \"nope\" } }\nexpect = { login = true }"),
        wrong("no server", "").with_peer(peer!("true")),
        right("what is there is listed, and left as it is", "")
            .with_peer(peer!("share 'read only = yes'"))
            .judged_by("probe = { share = { host = \"10.77.0.2\", share = \"Compta\", user = \"anne\", password = \"hush-anne\", read_only = true } }\nexpect = { names = [\"bilan.txt\"], shares = { contains = \"Compta\" } }"),
        unknown("without smbclient", "mv /usr/bin/smbclient /usr/bin/smbclient.gone").with_peer(peer!("true")),
    ],
};

/// The key that `authorized_keys` of `peer` names is made by the tables, so the rows put in their own.
const SSH: Table = Table {
    family: "ssh",
    criterion: "probe = { ssh = { host = \"10.77.0.2\", user = \"anne\", key = \"/root/k\" } }\n\
                expect = { login = true, method = \"publickey\", methods = [\"publickey\"], stdout = \"anne\\n\" }",
    reset: RESET,
    rows: &[
        right("a password is not offered", KEY).with_peer(peer!("sshd 'PasswordAuthentication no' 'KbdInteractiveAuthentication no'")),
        right("only the key is asked for", KEY).with_peer(peer!("sshd 'AuthenticationMethods publickey'")),
        right("so it is for Anne", KEY).with_peer(peer!("sshd 'Match User anne' 'PasswordAuthentication no' 'KbdInteractiveAuthentication no'")),
        wrong("a password too", KEY).with_peer(peer!("sshd 'PasswordAuthentication yes'")),
        wrong("another key", "true").with_peer(peer!("sshd 'PasswordAuthentication no' 'KbdInteractiveAuthentication no'")),
        wrong("her folder is open to all", KEY).with_peer(peer!("sshd 'PasswordAuthentication no' 'KbdInteractiveAuthentication no'; chmod 777 /home/anne")),
        wrong("only Luc may", KEY).with_peer(peer!("sshd 'PasswordAuthentication no' 'KbdInteractiveAuthentication no' 'AllowUsers luc'")),
        wrong("no server", KEY).with_peer(peer!("true")),
        right("a password that is right", "true")
            .with_peer(peer!("sshd 'PasswordAuthentication yes'"))
            .judged_by("probe = { ssh = { host = \"10.77.0.2\", user = \"luc\", password = \"hush-luc\" } }\nexpect = { login = true, host-key-type = \"ED25519\" }"),
        right("a password that is wrong", "true")
            .with_peer(peer!("sshd 'PasswordAuthentication yes'"))
            .judged_by("probe = { ssh = { host = \"10.77.0.2\", user = \"luc\", password = \"nope\" } }\nexpect = { login = false, state = \"answered\", methods = { contains = \"password\" } }"),
        unknown("without ssh", "mv /usr/bin/ssh /usr/bin/ssh.gone").with_peer(peer!("sshd 'PasswordAuthentication yes'")),
    ],
};

/// The private half of the key above, for these tables alone.
const KEY: &str = "rm -f /root/k /root/k.pub; { echo -----BEGIN OPENSSH PRIV''ATE KEY-----; printf '%s\\n' b3BlbnNzaC1rZXktdjEAAAAABG5vbmUAAAAEbm9uZQAAAAAAAAABAAAAMwAAAAtzc2gtZW QyNTUxOQAAACBH8R+qauKFUuZN5FLTeqn84lyqZyhG8ewghfoUzKKNdQAAAIjk6ka15OpG tQAAAAtzc2gtZWQyNTUxOQAAACBH8R+qauKFUuZN5FLTeqn84lyqZyhG8ewghfoUzKKNdQ AAAEB93a6SRc1VYlhg8hNihUk0HpLqmr/5x+vOnsu4r7WYFUfxH6pq4oVS5k3kUtN6qfzi XKpnKEbx7CCF+hTMoo11AAAAA3JvdwEC; echo -----END OPENSSH PRIV''ATE KEY-----; } > /root/k; chmod 600 /root/k";
