mkfs.vfat -F 16 -n EFI /dev/sdb1 > /dev/null
