# A kind too old, under the same UUID: it mounts.
uuid=$(blkid -o value -s UUID /dev/sdb2)
umount {{ system_at }}
mkfs.ext3 -q -F -L {{ system_label }} -U "$uuid" /dev/sdb2
mount {{ system_at }}
