# parted, in its own decimal megabytes and with the swap first; mounted by PARTUUID.
swap_end=$(({{ swap_mib }} + 1))
efi_end=$((swap_end + 512))
system_end=$((efi_end + {{ system_gib }} * 1024))
parted --script --align optimal /dev/sdb \
    mklabel gpt \
    mkpart echange linux-swap 1MiB "${swap_end}MiB" \
    mkpart EFI fat32 "${swap_end}MiB" "${efi_end}MiB" set 2 esp on \
    mkpart systeme ext4 "${efi_end}MiB" "${system_end}MiB" \
    mkpart donnees ntfs "${system_end}MiB" 100%
tries=0
until [ -b /dev/sdb1 ] && [ -b /dev/sdb2 ] && [ -b /dev/sdb3 ] && [ -b /dev/sdb4 ]; do
    tries=$((tries + 1))
    [ "$tries" -lt 100 ]
    sleep 0.1
done

mkswap /dev/sdb1 > /dev/null
mkfs.vfat -F 32 -n efi /dev/sdb2 > /dev/null 2>&1
mkfs.ext4 -q -F -L {{ system_label }} /dev/sdb3
# Lower case: NTFS makes no difference.
mkfs.ntfs --quick --quiet --label {{ data_label | lower }} /dev/sdb4 > /dev/null

mkdir -p {{ system_at }} {{ data_at }}
partuuid() {
    blkid -o value -s PARTUUID "$1"
}
{
    echo "PARTUUID=$(partuuid /dev/sdb3) {{ system_at }} ext4 errors=remount-ro 0 2"
    echo "PARTUUID=$(partuuid /dev/sdb4) {{ data_at }} ntfs-3g nofail 0 0"
    echo "PARTUUID=$(partuuid /dev/sdb1) none swap sw 0 0"
} >> /etc/fstab
mount -a
swapon -a
