# Mounted at the start, and nobody can write.
sed -i "s|{{ data_at }} ntfs-3g defaults|{{ data_at }} ntfs-3g ro|" /etc/fstab
umount {{ data_at }}
mount {{ data_at }}
