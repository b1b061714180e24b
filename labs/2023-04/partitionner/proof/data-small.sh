# Half of what was left, the rest of the disk lost.
umount {{ data_at }}
echo 'size=700MiB' | sfdisk --quiet --no-reread --force -N 4 /dev/sdb
sleep 1
mkfs.ntfs -Q -q -F -L {{ data_label }} /dev/sdb4 > /dev/null
sed -i "s|^UUID=[^ ]* {{ data_at }} |UUID=$(blkid -o value -s UUID /dev/sdb4) {{ data_at }} |" /etc/fstab
mount {{ data_at }}
