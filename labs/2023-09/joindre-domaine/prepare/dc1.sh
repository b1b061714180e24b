# The directory, made once: nothing here may depend on the seed.
address=192.168.50.10
printf '127.0.0.1 localhost\n%s dc1.atelier.test dc1\n' "$address" > /etc/hosts
rm -f /etc/samba/smb.conf
# In a user namespace only the PC's own root may write security.* attributes; Samba keeps its access lists in user.* then.
samba-tool domain provision --option='acl_xattr:security_acl_name = user.NTACL' \
  --realm=ATELIER.TEST --domain=ATELIER --server-role=dc --dns-backend=SAMBA_INTERNAL \
  --host-name=dc1 --host-ip="$address" --adminpass='Provisoire-2026!' --use-rfc2307 > /var/log/provision.log 2>&1
# No forwarder: this network leads nowhere else, and a question must not wait for an answer that cannot come.
sed -i '/dns forwarder/d' /etc/samba/smb.conf
cp /var/lib/samba/private/krb5.conf /etc/krb5.conf
