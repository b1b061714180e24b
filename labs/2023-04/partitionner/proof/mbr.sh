# The same partitions in an MBR: same places, same content.
umount {{ system_at }} {{ data_at }}
swapoff /dev/sdb3
sfdisk --dump /dev/sdb \
    | sed -e 's/^label: gpt/label: dos/' -e '/^label-id/d' -e '/^first-lba/d' -e '/^last-lba/d' -e '/^table-length/d' \
        -e '/^sector-size/d' -e 's/, uuid=[^,]*//' -e 's/, name=.*//' \
        -e 's/type=C12A7328[^,]*/type=ef/' -e 's/type=0FC63DAF[^,]*/type=83/' \
        -e 's/type=0657FD6D[^,]*/type=82/' -e 's/type=EBD0A0A2[^,]*/type=7/' \
    | sfdisk --quiet --wipe always --wipe-partitions never /dev/sdb
sleep 1
mount -a
swapon -a
