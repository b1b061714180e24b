# The right type, 100 MiB, as on an old guide; FAT32 all the same.
echo 'size=100MiB' | sfdisk --quiet --no-reread --force -N 1 /dev/sdb
sleep 1
mkfs.vfat -F 32 /dev/sdb1 > /dev/null
