sed -i '/template shell/d' /etc/samba/smb.conf
systemctl restart winbind
