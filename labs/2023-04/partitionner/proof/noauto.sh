sed -i "s|{{ data_at }} ntfs-3g defaults|{{ data_at }} ntfs-3g noauto|" /etc/fstab
