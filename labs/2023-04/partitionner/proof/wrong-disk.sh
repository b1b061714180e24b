# The archives' disk was formatted for a try, then put back without its content.
uuid=$(blkid -o value -s UUID /dev/sdc1)
umount /srv/archives
mkfs.ext4 -q -F -L ARCHIVES -U "$uuid" /dev/sdc1
mount /srv/archives
