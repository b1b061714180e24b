//! Postfix and Dovecot on `peer`, asked from `pc`.

use libtest_mimic::Trial;

use crate::frame::{Bench, Table, right, unknown, wrong};

pub(crate) fn trials(bench: &Bench) -> Vec<Trial> {
    vec![bench.table(SMTP), bench.table(IMAP), bench.table(SIEVE), bench.table(MAIL)]
}

/// A script for `peer`, where the mail servers are as they should be: accounts `anne` and `luc`, mail in `~/Maildir`, TLS,
/// filters, rights. Set up once; what a row changes is undone before the next.
macro_rules! mail {
    ($script:literal) => {
        concat!(
            "export LC_ALL=C; cd /\n",
            "if ! [ -e /srv/mail/ready ]; then\n",
            " mkdir -p /srv/mail; for name in anne luc; do id $name >/dev/null 2>&1 || useradd -m -s /bin/bash $name; echo $name:hush-$name | chpasswd -c SHA512; done\n",
            " openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout /srv/mail/key.pem -subj /CN=mail -addext subjectAltName=DNS:mail.atelier.test -days 90 -out /srv/mail/cert.pem 2>/dev/null\n",
            " mkdir -p /etc/dovecot/private; ln -sf /srv/mail/cert.pem /etc/dovecot/private/dovecot.pem; ln -sf /srv/mail/key.pem /etc/dovecot/private/dovecot.key\n",
            " cp /etc/postfix/main.cf /srv/mail/main.cf\n",
            " touch /srv/mail/ready\n",
            "fi\n",
            "rm -rf /home/*/Maildir /home/*/sieve /home/*/.dovecot.sieve* /etc/dovecot/row.conf /etc/aliases*; : > /etc/aliases; cp /srv/mail/main.cf /etc/postfix/main.cf; rm -f /var/mail/luc\n",
            "postconf -e myhostname=mail.atelier.test mydestination=atelier.test,localhost mynetworks=127.0.0.0/8 inet_interfaces=all alias_maps=hash:/etc/aliases ",
            "mailbox_command=/usr/lib/dovecot/dovecot-lda compatibility_level=3.6 local_recipient_maps='proxy:unix:passwd.byname $alias_maps' ",
            "smtpd_error_sleep_time=0 smtpd_peername_lookup=no smtpd_tls_cert_file=/srv/mail/cert.pem smtpd_tls_key_file=/srv/mail/key.pem smtpd_tls_security_level=may smtpd_sasl_auth_enable=yes smtpd_sasl_type=dovecot smtpd_sasl_path=private/auth; newaliases\n",
            "printf '%s\\n' 'mail_location = maildir:~/Maildir' 'ssl = required' 'ssl_cert = </srv/mail/cert.pem' 'ssl_key = </srv/mail/key.pem' 'first_valid_uid = 100' ",
            "'service auth {' 'unix_listener /var/spool/postfix/private/auth {' 'mode = 0666' '}' '}' 'mail_plugins = acl' 'protocol lda {' 'mail_plugins = $mail_plugins sieve' '}' ",
            "'plugin {' 'sieve = file:~/sieve;active=~/.dovecot.sieve' 'acl = vfile' '}' 'protocol imap {' 'mail_plugins = $mail_plugins imap_acl' '}' 'lda_mailbox_autocreate = yes' '!include_try /etc/dovecot/row.conf' > /etc/dovecot/local.conf\n",
            // Stopped by hand: `dovecot stop` looks once a second. A new smtpd reads the new settings.
            "gone() { [ ! -e $1 ] || { pid=$(cat $1); kill $pid 2>/dev/null || true; timeout 10 sh -c \"while kill -0 $pid 2>/dev/null; do sleep .05; done\"; rm -f $1; }; }\n",
            "up() { if pgrep -x master >/dev/null; then postfix reload >/dev/null 2>&1; pkill -x smtpd || true; else postfix start >/dev/null 2>&1; fi; gone /run/dovecot/master.pid; dovecot >/dev/null 2>&1 </dev/null; timeout 10 sh -c 'until ss -Hltn sport = :143 | grep -q . && ss -Hltn sport = :25 | grep -q .; do sleep .05; done'; }\n",
            "filter() { mkdir -p /home/luc/sieve; cat > /home/luc/sieve/$1.sieve; chown -R luc: /home/luc/sieve; }\n",
            "active() { ln -sf sieve/$1.sieve /home/luc/.dovecot.sieve; chown -h luc: /home/luc/.dovecot.sieve; }\n",
            $script
        )
    };
}

/// The certificate is told to the machine as one to trust by hand.
const RESET: &str = "grep -q mail.atelier.test /etc/hosts || echo '10.77.0.2 mail.atelier.test' >> /etc/hosts; [ -e /usr/bin/getent.gone ] && mv /usr/bin/getent.gone /usr/bin/getent";

const SMTP: Table = Table {
    family: "smtp",
    criterion: "probe = { smtp = { host = \"mail.atelier.test\", insecure = true, from = \"x@dehors.test\", to = \"y@ailleurs.test\" } }\n\
                expect = { state = \"answered\", accepted = false, recipient-code = { between = [400, 599] } }",
    reset: RESET,
    rows: &[
        right("as it comes", "").with_peer(mail!("up")),
        right("by the recipient's restrictions", "")
            .with_peer(mail!("postconf -e smtpd_relay_restrictions= smtpd_recipient_restrictions=permit_mynetworks,reject_unauth_destination; up")),
        right("by naming who may", "")
            .with_peer(mail!("postconf -e mynetworks=127.0.0.1/32,10.77.0.9/32; up")),
        wrong("the whole world may", "").with_peer(mail!("postconf -e mynetworks=0.0.0.0/0; up")),
        wrong("a network that is one bit too wide", "").with_peer(mail!("postconf -e mynetworks=10.77.0.0/30; up")),
        wrong("mail for that domain is passed on", "").with_peer(mail!("postconf -e relay_domains=ailleurs.test; up")),
        wrong("no TLS", "").with_peer(mail!("postconf -e smtpd_tls_security_level=none; up")),
        right("a password opens the way", "").with_peer(mail!("up"))
            .judged_by("probe = { smtp = { host = \"mail.atelier.test\", insecure = true, user = \"anne\", password = \"hush-anne\", from = \"anne@atelier.test\", to = \"y@ailleurs.test\" } }\nexpect = { login = true, accepted = true }"),
        right("a wrong password does not", "").with_peer(mail!("up"))
            .judged_by("probe = { smtp = { host = \"mail.atelier.test\", insecure = true, user = \"anne\", password = \"hush\", from = \"anne@atelier.test\", to = \"y@ailleurs.test\" } }\nexpect = { login = false, accepted = false }"),
        right("nothing is said to a server whose certificate is nobody's", "").with_peer(mail!("up"))
            .judged_by("probe = { smtp = { host = \"mail.atelier.test\" } }\nexpect = { state = \"untrusted\", certificate-valid = false }"),
        unknown("no name can be looked up", "mv /usr/bin/getent /usr/bin/getent.gone").with_peer(mail!("true")),
    ],
};

const IMAP: Table = Table {
    family: "imap",
    criterion: "probe = { imap = { host = \"mail.atelier.test\", insecure = true, user = \"luc\", password = \"hush-luc\" } }\n\
                expect = { login = true, folders = { contains = \"Équipe\" } }",
    reset: RESET,
    rows: &[
        right("made by the administrator", "").with_peer(mail!("up; doveadm mailbox create -u luc Équipe")),
        right("made when looked at", "").with_peer(mail!("printf 'namespace inbox {\\nmailbox Équipe {\\nauto = create\\n}\\n}\\n' > /etc/dovecot/row.conf; up")),
        right("a folder on the disk, by hand", "").with_peer(mail!(
            "mkdir -p '/home/luc/Maildir/.&AMk-quipe/cur' '/home/luc/Maildir/.&AMk-quipe/new' '/home/luc/Maildir/.&AMk-quipe/tmp'; chown -R luc: /home/luc/Maildir; up"
        )),
        wrong("no such folder", "").with_peer(mail!("up")),
        wrong("a name that only looks the same", "").with_peer(mail!("up; doveadm mailbox create -u luc Equipe")),
        wrong("Anne's own", "").with_peer(mail!("up; doveadm mailbox create -u anne Équipe")),
        wrong("another password", "").with_peer(mail!("up; doveadm mailbox create -u luc Équipe"))
            .judged_by("probe = { imap = { host = \"mail.atelier.test\", insecure = true, user = \"luc\", password = \"hush\" } }\nexpect = { login = true }"),
        right("what the user may do there", "").with_peer(mail!("up; doveadm mailbox create -u luc Lecture; doveadm acl set -u luc Lecture owner lookup read"))
            .judged_by("probe = { imap = { host = \"mail.atelier.test\", insecure = true, user = \"luc\", password = \"hush-luc\", folder = \"Lecture\" } }\nexpect = { folder-opens = true, rights = \"lr\" }"),
        unknown("no name can be looked up", "mv /usr/bin/getent /usr/bin/getent.gone").with_peer(mail!("true")),
    ],
};

const SIEVE: Table = Table {
    family: "sieve",
    criterion: "probe = { sieve = { host = \"mail.atelier.test\", insecure = true, user = \"luc\", password = \"hush-luc\" } }\n\
                expect = { login = true, active = \"tri\", content = { contains = \"Factures\" } }",
    reset: RESET,
    rows: &[
        right("put there by the administrator", "").with_peer(mail!("up; echo 'require \"fileinto\"; fileinto \"Factures\";' | doveadm sieve put -u luc -a tri")),
        right("a file and a link, by hand", "").with_peer(mail!("echo 'require \"fileinto\"; fileinto \"Factures\";' | filter tri; active tri; up")),
        right("one of several", "").with_peer(mail!("echo 'keep;' | filter absence; echo 'require \"fileinto\"; fileinto \"Factures\";' | filter tri; active tri; up")),
        wrong("there, and not in force", "").with_peer(mail!("echo 'require \"fileinto\"; fileinto \"Factures\";' | filter tri; up")),
        wrong("another one is in force", "").with_peer(mail!("echo 'keep; # Factures' | filter absence; echo 'require \"fileinto\"; fileinto \"Factures\";' | filter tri; active absence; up")),
        wrong("in force, with another content", "").with_peer(mail!("echo 'keep;' | filter tri; active tri; up")),
        wrong("no service for filters", "").with_peer(mail!("echo 'require \"fileinto\"; fileinto \"Factures\";' | filter tri; active tri; echo 'protocols = imap' > /etc/dovecot/row.conf; up")),
        unknown("no name can be looked up", "mv /usr/bin/getent /usr/bin/getent.gone").with_peer(mail!("true")),
    ],
};

const MAIL: Table = Table {
    family: "mail",
    criterion: "probe = { mail = { smtp = { host = \"mail.atelier.test\", insecure = true, from = \"anne@atelier.test\", to = \"luc@atelier.test\", subject = \"Facture de novembre\" }, \
                imap = { host = \"mail.atelier.test\", insecure = true, user = \"luc\", password = \"hush-luc\" } } }\n\
                expect = { sent = true, delivered = true, folder = \"INBOX\", copies = 1 }",
    reset: RESET,
    rows: &[
        right("delivered by Dovecot", "").with_peer(mail!("up")),
        right("delivered by Postfix", "").with_peer(mail!("postconf -e mailbox_command= home_mailbox=Maildir/; up")),
        right("by an alias to another name of the machine", "").with_peer(mail!("postconf -e 'virtual_alias_maps=inline:{ {luc@atelier.test = luc@localhost} }'; up")),
        wrong("filtered into another folder", "").with_peer(mail!("echo 'require [\"fileinto\",\"mailbox\"]; fileinto :create \"Factures\";' | filter tri; active tri; up")),
        wrong("an alias takes it to Anne", "").with_peer(mail!("echo 'luc: anne' > /etc/aliases; newaliases; up")),
        wrong("nobody of that name", "").with_peer(mail!("postconf -e mydestination=localhost; up")),
        right("a filter at work", "").with_peer(mail!("echo 'require [\"fileinto\",\"mailbox\"]; if header :contains \"subject\" \"Facture\" { fileinto :create \"Factures\"; }' | filter tri; active tri; up"))
            .judged_by("probe = { mail = { smtp = { host = \"mail.atelier.test\", insecure = true, from = \"anne@atelier.test\", to = \"luc@atelier.test\", subject = \"Facture de novembre\" }, imap = { host = \"mail.atelier.test\", insecure = true, user = \"luc\", password = \"hush-luc\" } } }\nexpect = { folder = \"Factures\" }"),
        unknown("no name can be looked up", "mv /usr/bin/getent /usr/bin/getent.gone").with_peer(mail!("true")),
    ],
};
