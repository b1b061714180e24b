# Swap space in a partition that says "Linux filesystem".
sfdisk --quiet --no-reread --force --part-type /dev/sdb 3 linux
sleep 1
