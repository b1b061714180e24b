sfdisk --quiet --part-type /dev/sdb 1 linux
sleep 1
