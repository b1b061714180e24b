# NTFS inside, but the table says Linux: the other system will offer to format it.
sfdisk --quiet --no-reread --force --part-type /dev/sdb 4 linux
sleep 1
