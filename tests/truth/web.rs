//! Web servers of `pc` and their certificates.

use libtest_mimic::Trial;

use crate::frame::{Bench, Table, right, unknown, wrong};

pub(crate) fn trials(bench: &Bench) -> Vec<Trial> {
    vec![bench.table(HTTP), bench.table(CERTIFICATE)]
}

/// A script with: `site FOLDER` (a site with one page), `until_up PORT`, `serve COMMAND…` (until the reset), `authority`
/// (`ca.pem`, `ca.key`), `trust FILE`, `issue NAMES [DAYS]` (`web.pem`, `web.key`), `tls [FILE…]` (a TLS server on 443).
macro_rules! web {
    ($script:literal) => {
        concat!(
            "mkdir -p /srv/row; cd /srv/row\n",
            "site() { mkdir -p $1; echo '<h1>Bienvenue</h1>' > $1/accueil; }\n",
            "until_up() { timeout 10 sh -c \"until ss -Hltn sport = :$1 | grep -q .; do sleep .05; done\"; }\n",
            "serve() { systemd-run --quiet --collect --unit=row-$$ --working-directory=/srv/row \"$@\"; }\n",
            "key() { openssl ecparam -name prime256v1 -genkey -noout -out $1; }\n",
            "authority() { key ca.key; openssl req -x509 -new -key ca.key -subj /CN=Atelier -days 900 -out ca.pem; }\n",
            "trust() { cp -n /etc/ssl/certs/ca-certificates.crt /srv/kept.crt; cat $1 >> /etc/ssl/certs/ca-certificates.crt; }\n",
            "request() { [ -f web.key ] || key web.key; openssl req -new -key web.key -subj /CN=web.atelier.test -out web.csr; printf \"subjectAltName=$1\\n\" > web.ext; }\n",
            "issue() { request $1; openssl x509 -req -in web.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days ${2:-365} -extfile web.ext -out web.pem 2>/dev/null; }\n",
            "tls() { serve openssl s_server -accept 443 -cert web.pem -key web.key -www -quiet $@; until_up 443; }\n",
            "N=DNS:web.atelier.test\n",
            $script
        )
    };
}

const RESET: &str = "systemctl stop 'row-*' nginx; systemctl reset-failed; rm -rf /srv/row /etc/nginx/sites-enabled/row; \
    [ -e /srv/kept.crt ] && mv /srv/kept.crt /etc/ssl/certs/ca-certificates.crt; \
    mv /usr/bin/getent.gone /usr/bin/getent; grep -q web.atelier.test /etc/hosts || echo '127.0.0.1 web.atelier.test' >> /etc/hosts";

const HTTP: Table = Table {
    family: "http",
    criterion: "probe = { http = { url = \"http://web.atelier.test/accueil\" } }\nexpect = { status = 200, content = { contains = \"Bienvenue\" } }",
    reset: RESET,
    rows: &[
        right("nginx", web!("site www; echo 'server { listen 80; server_name web.atelier.test; root /srv/row/www; }' > /etc/nginx/sites-enabled/row; systemctl start nginx")),
        right("nginx, by a redirection", web!("site www/nouveau; echo 'server { listen 80; server_name web.atelier.test; root /srv/row/www; location = /accueil { return 301 /nouveau/accueil; } }' > /etc/nginx/sites-enabled/row; systemctl start nginx")),
        right("python", web!("site www; serve python3 -m http.server --directory www 80; until_up 80")),
        right("busybox, on a dual-stack socket", web!("site www; serve busybox httpd -f -p [::]:80 -h www; until_up 80")),
        right("a page whose length is not told", web!("serve python3 -c 'import socket\ns=socket.create_server((\"\",80))\nwhile True:\n c,_=s.accept(); c.recv(9999); c.send(b\"HTTP/1.0 200 OK\\r\\n\\r\\n<h1>Bienvenue</h1>\"); c.close()'; until_up 80")),
        wrong("nothing serves", web!("site www")),
        wrong("on another port", web!("site www; serve python3 -m http.server --directory www 8080; until_up 8080")),
        wrong("the page is not there, though its error page says the word", web!("mkdir www; echo Bienvenue > www/404.html; echo 'server { listen 80; server_name web.atelier.test; root /srv/row/www; error_page 404 /404.html; }' > /etc/nginx/sites-enabled/row; systemctl start nginx")),
        wrong("the server's own welcome page", web!("serve python3 -m http.server --directory /usr/share 80; until_up 80")),
        wrong("it redirects in a circle", web!("echo 'server { listen 80; server_name web.atelier.test; location / { return 302 /accueil; } }' > /etc/nginx/sites-enabled/row; systemctl start nginx")),
        wrong("it asks for a password", web!("site www; echo 'anne:{PLAIN}x' > pass; echo 'server { listen 80; server_name web.atelier.test; root /srv/row/www; auth_basic x; auth_basic_user_file /srv/row/pass; }' > /etc/nginx/sites-enabled/row; systemctl start nginx")),
        right("a password that is right", web!("site www; echo 'anne:{PLAIN}hush' > pass; echo 'server { listen 80; server_name web.atelier.test; root /srv/row/www; auth_basic x; auth_basic_user_file /srv/row/pass; }' > /etc/nginx/sites-enabled/row; systemctl start nginx"))
            .judged_by("probe = { http = { url = \"http://web.atelier.test/accueil\", user = \"anne\", password = \"hush\" } }\nexpect = { status = 200 }"),
        right("TLS, by an authority that the machine trusts", web!("site www; authority; issue $N; trust ca.pem; echo 'server { listen 443 ssl; ssl_certificate /srv/row/web.pem; ssl_certificate_key /srv/row/web.key; root /srv/row/www; }' > /etc/nginx/sites-enabled/row; systemctl start nginx"))
            .judged_by("probe = { http = { url = \"https://web.atelier.test/accueil\" } }\nexpect = { status = 200, certificate-valid = true }"),
        wrong("TLS, by an authority that nobody knows", web!("site www; authority; issue $N; echo 'server { listen 443 ssl; ssl_certificate /srv/row/web.pem; ssl_certificate_key /srv/row/web.key; root /srv/row/www; }' > /etc/nginx/sites-enabled/row; systemctl start nginx"))
            .judged_by("probe = { http = { url = \"https://web.atelier.test/accueil\" } }\nexpect = { status = 200 }"),
        unknown("a machine that can look up no name", web!("mv /usr/bin/getent /usr/bin/getent.gone")),
    ],
};

const CERTIFICATE: Table = Table {
    family: "certificate",
    criterion: "probe = { certificate = { host = \"web.atelier.test\" } }\nexpect = { valid = true, days = { at_least = 30 } }",
    reset: RESET,
    rows: &[
        right("an authority that the machine trusts", web!("authority; issue $N; trust ca.pem; tls")),
        right("an RSA key, and an authority in between", web!(
            "authority; trust ca.pem; key mid.key; openssl req -new -key mid.key -subj /CN=Entre -out mid.csr; echo basicConstraints=critical,CA:TRUE > mid.ext; \
             openssl x509 -req -in mid.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 400 -extfile mid.ext -out mid.pem; \
             openssl genrsa -out web.key 2048; request $N; openssl x509 -req -in web.csr -CA mid.pem -CAkey mid.key -CAcreateserial -days 365 -extfile web.ext -out web.pem; tls -cert_chain mid.pem"
        )),
        right("self-signed, and itself trusted", web!("openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout web.key -subj /CN=web.atelier.test -addext subjectAltName=$N -days 90 -out web.pem; trust web.pem; tls")),
        right("for every name of the domain", web!("authority; issue DNS:*.atelier.test; trust ca.pem; tls")),
        wrong("self-signed", web!("openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout web.key -subj /CN=web.atelier.test -addext subjectAltName=$N -days 90 -out web.pem; tls")),
        wrong("for another name", web!("authority; issue DNS:www.atelier.test; trust ca.pem; tls")),
        wrong("the name only where no browser looks any more", web!("authority; issue email:anne@atelier.test; trust ca.pem; tls")),
        wrong("about to expire", web!("authority; issue $N 5; trust ca.pem; tls")),
        wrong("the authority in between is not shown", web!(
            "authority; trust ca.pem; key mid.key; openssl req -new -key mid.key -subj /CN=Entre -out mid.csr; echo basicConstraints=critical,CA:TRUE > mid.ext; \
             openssl x509 -req -in mid.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 400 -extfile mid.ext -out mid.pem; \
             request $N; openssl x509 -req -in web.csr -CA mid.pem -CAkey mid.key -CAcreateserial -days 365 -extfile web.ext -out web.pem; tls"
        )),
        wrong("signed by who may not sign", web!(
            "authority; trust ca.pem; key mid.key; openssl req -new -key mid.key -subj /CN=Entre -out mid.csr; echo basicConstraints=CA:FALSE > mid.ext; \
             openssl x509 -req -in mid.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 400 -extfile mid.ext -out mid.pem; \
             request $N; openssl x509 -req -in web.csr -CA mid.pem -CAkey mid.key -CAcreateserial -days 365 -extfile web.ext -out web.pem; tls -cert_chain mid.pem"
        )),
        wrong("no TLS", web!("site www; serve python3 -m http.server --directory www 443; until_up 443")),
        right("its last moment, written in another time zone", web!(
            "authority; key web.key; request $N; mkdir -p d; : > d/index; echo 01 > d/serial; \
             printf '[ca]\\ndefault_ca=d\\n[d]\\ndir=d\\nnew_certs_dir=d\\ndatabase=d/index\\nserial=d/serial\\ndefault_md=sha256\\npolicy=p\\ncopy_extensions=copy\\n[p]\\ncommonName=supplied\\n' > d/conf; \
             TZ=Asia/Tokyo openssl ca -batch -notext -config d/conf -cert ca.pem -keyfile ca.key -startdate 20260101000000Z -enddate 20300531220000Z -extfile web.ext -in web.csr -out web.pem 2>/dev/null; trust ca.pem; tls"
        ))
            .judged_by("probe = { certificate = { host = \"web.atelier.test\" } }\nexpect = { valid = true, not-after = \"2030-06-01T00:00:00+02:00\" }"),
        wrong("the same moment, read without its time zone", web!(
            "authority; key web.key; request $N; mkdir -p d; : > d/index; echo 01 > d/serial; \
             printf '[ca]\\ndefault_ca=d\\n[d]\\ndir=d\\nnew_certs_dir=d\\ndatabase=d/index\\nserial=d/serial\\ndefault_md=sha256\\npolicy=p\\ncopy_extensions=copy\\n[p]\\ncommonName=supplied\\n' > d/conf; \
             openssl ca -batch -notext -config d/conf -cert ca.pem -keyfile ca.key -startdate 20260101000000Z -enddate 20300531220000Z -extfile web.ext -in web.csr -out web.pem 2>/dev/null; trust ca.pem; tls"
        ))
            .judged_by("probe = { certificate = { host = \"web.atelier.test\" } }\nexpect = { not-after = \"2030-05-31T22:00:00+02:00\" }"),
        wrong("expired yesterday", web!(
            "authority; key web.key; request $N; mkdir -p d; : > d/index; echo 01 > d/serial; \
             printf '[ca]\\ndefault_ca=d\\n[d]\\ndir=d\\nnew_certs_dir=d\\ndatabase=d/index\\nserial=d/serial\\ndefault_md=sha256\\npolicy=p\\ncopy_extensions=copy\\n[p]\\ncommonName=supplied\\n' > d/conf; \
             openssl ca -batch -notext -config d/conf -cert ca.pem -keyfile ca.key -startdate 20200101000000Z -enddate $(date -u -d yesterday +%Y%m%d%H%M%SZ) -extfile web.ext -in web.csr -out web.pem 2>/dev/null; trust ca.pem; tls"
        ))
            .judged_by("probe = { certificate = { host = \"web.atelier.test\" } }\nexpect = { valid = true }"),
        right("the kind of key of one in a file", web!("openssl req -x509 -newkey rsa:3072 -nodes -keyout web.key -subj /CN=web.atelier.test -addext subjectAltName=$N -days 90 -out web.pem"))
            .judged_by("probe = { certificate = { file = \"/srv/row/web.pem\" } }\nexpect = { present = true, key = \"rsa\", key-size = 3072, self-signed = true, names = [\"web.atelier.test\"] }"),
        unknown("a file of authorities that is not there", web!("authority; issue $N; tls"))
            .judged_by("probe = { certificate = { host = \"web.atelier.test\", ca = \"/srv/row/no.pem\" } }\nexpect = { valid = true }"),
    ],
};
