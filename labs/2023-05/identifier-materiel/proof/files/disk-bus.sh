number=$(awk '$5 == "/" { print $3 }' /proc/self/mountinfo | tail -n 1)
for bus in usb nvme ata mmc virtio; do
    if readlink -f "/sys/dev/block/$number" | grep -q -E "/$bus[0-9]"; then
        echo "$bus" | sed "s/^ata$/sata/"
        exit
    fi
done
echo scsi
