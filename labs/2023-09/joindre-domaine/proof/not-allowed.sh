sed -i 's/^access_provider.*/access_provider = simple\nsimple_allow_users = administrator/' /etc/sssd/sssd.conf
systemctl restart sssd
