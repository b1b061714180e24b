# sgdisk (gdisk's own engine), partitions numbered out of the order of their places; sizes in round decimal units.
sgdisk --zap-all /dev/sdb > /dev/null 2>&1 || true
sgdisk --clear \
    --new=4:0:+512M --typecode=4:ef00 --change-name=4:ESP \
    --new=1:0:+{{ swap_mib }}M --typecode=1:8200 \
    --new=3:0:+{{ system_gib }}G --typecode=3:8304 \
    --new=2:0:0 --typecode=2:0700 --change-name=2:DATA /dev/sdb > /dev/null
tries=0
until [ -b /dev/sdb1 ] && [ -b /dev/sdb2 ] && [ -b /dev/sdb3 ] && [ -b /dev/sdb4 ]; do
    tries=$((tries + 1))
    [ "$tries" -lt 100 ]
    sleep 0.1
done

mkfs.vfat -F32 /dev/sdb4 > /dev/null
mkswap /dev/sdb1 > /dev/null
mkfs.ext4 -q -F -L {{ system_label }} /dev/sdb3
mkfs.ntfs -f -q -L {{ data_label }} /dev/sdb2 > /dev/null

mkdir -p {{ system_at }} {{ data_at }}
for line in "/dev/sdb3 {{ system_at }} ext4" "/dev/sdb2 {{ data_at }} ntfs" "/dev/sdb1 none swap"; do
    printf 'UUID="%s" %s defaults\n' "$(blkid -o value -s UUID "${line%% *}")" "${line#* }" >> /etc/fstab
done
mount -a
swapon -a
