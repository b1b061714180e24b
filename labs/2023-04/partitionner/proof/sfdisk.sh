# One script for the whole table, swap before the data; mounted by UUID.
printf '%s\n' \
    'label: gpt' \
    'size=512MiB, type=uefi, name=EFI' \
    'size={{ system_gib }}GiB, type=linux, name=systeme' \
    'size={{ swap_mib }}MiB, type=swap, name=swap' \
    'type=EBD0A0A2-B9E5-4433-87C0-68B6B72699C7, name=donnees' | sfdisk --quiet /dev/sdb
tries=0
until [ -b /dev/sdb1 ] && [ -b /dev/sdb2 ] && [ -b /dev/sdb3 ] && [ -b /dev/sdb4 ]; do
    tries=$((tries + 1))
    [ "$tries" -lt 100 ]
    sleep 0.1
done

mkfs.vfat -F 32 -n EFI /dev/sdb1 > /dev/null
mkfs.ext4 -q -F -L {{ system_label }} /dev/sdb2
mkswap -L swap /dev/sdb3 > /dev/null
mkfs.ntfs -Q -q -L {{ data_label }} /dev/sdb4 > /dev/null

mkdir -p {{ system_at }} {{ data_at }}
uuid() {
    blkid -o value -s UUID "$1"
}
{
    echo "UUID=$(uuid /dev/sdb2) {{ system_at }} ext4 defaults 0 2"
    echo "UUID=$(uuid /dev/sdb4) {{ data_at }} ntfs-3g defaults 0 0"
    echo "UUID=$(uuid /dev/sdb3) none swap sw 0 0"
} >> /etc/fstab
mount -a
swapon -a
