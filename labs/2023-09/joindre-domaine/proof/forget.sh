rm -f /etc/krb5.keytab /var/lib/samba/private/secrets.tdb
