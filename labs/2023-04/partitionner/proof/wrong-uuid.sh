# The line is there, for a volume that isn't.
sed -i "s|^UUID=[^ ]* {{ data_at }} |UUID=0123456789ABCDEF {{ data_at }} |" /etc/fstab
