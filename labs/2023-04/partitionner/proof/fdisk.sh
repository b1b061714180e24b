# fdisk, answered as a person would; the data in the middle, the end of the disk for swap; mounted by LABEL.
# It ends with 1 where the kernel has no partition parser of its own to read the table again: what counts is the disk.
# Types by their aliases: the numbers of the list change from one version to the next.
data_end=$((6144 - {{ swap_mib }}))
printf '%s\n' g \
    n 1 '' +512M t uefi \
    n 2 '' '+{{ system_gib }}G' t 2 linux \
    n 3 '' "$((data_end * 2048 - 1))" t 3 EBD0A0A2-B9E5-4433-87C0-68B6B72699C7 \
    n 4 '' '' t 4 swap \
    w | fdisk --wipe always --wipe-partitions always /dev/sdb > /dev/null || true
tries=0
until [ -b /dev/sdb1 ] && [ -b /dev/sdb2 ] && [ -b /dev/sdb3 ] && [ -b /dev/sdb4 ]; do
    tries=$((tries + 1))
    [ "$tries" -lt 100 ]
    sleep 0.1
done

mkfs.fat -F 32 /dev/sdb1 > /dev/null
mkfs.ext4 -q -F /dev/sdb2
e2label /dev/sdb2 {{ system_label }}
mkntfs --fast --quiet /dev/sdb3 > /dev/null
ntfslabel /dev/sdb3 {{ data_label }}
mkswap --label ECHANGE /dev/sdb4 > /dev/null

mkdir -p {{ system_at }} {{ data_at }}
printf '%s\n' \
    'LABEL={{ system_label }} {{ system_at }} ext4 defaults,noatime 0 2' \
    'LABEL={{ data_label }} {{ data_at }} ntfs defaults,uid=1000,gid=1000 0 0' \
    'LABEL=ECHANGE swap swap defaults 0 0' >> /etc/fstab
mount {{ system_at }}
mount {{ data_at }}
swapon /dev/sdb4
