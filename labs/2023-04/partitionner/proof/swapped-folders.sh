# Each folder shows the other's partition.
umount {{ system_at }} {{ data_at }}
sed -i -e 's|{{ system_at }} ext4|@ ext4|' -e 's|{{ data_at }} ntfs-3g|{{ system_at }} ntfs-3g|' -e 's|@ ext4|{{ data_at }} ext4|' /etc/fstab
mount -a
