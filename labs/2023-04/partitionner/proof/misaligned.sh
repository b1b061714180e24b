# The swap begins one sector too late.
uuid=$(blkid -o value -s UUID /dev/sdb3)
swapoff /dev/sdb3
start=$(sfdisk --dump /dev/sdb | sed -n 's|^/dev/sdb3 : start= *\([0-9]*\),.*|\1|p')
size=$(sfdisk --dump /dev/sdb | sed -n 's|^/dev/sdb3 :.* size= *\([0-9]*\),.*|\1|p')
sfdisk --quiet --no-reread --force --delete /dev/sdb 3
sleep 1
echo "start=$((start + 1)), size=$((size - 1)), type=swap" | sfdisk --quiet --no-reread --force -N 3 /dev/sdb
sleep 1
mkswap -U "$uuid" /dev/sdb3 > /dev/null
swapon -a
