# ">" instead of ">>": the line of the archives is gone.
sed -i '\| /srv/archives |d' /etc/fstab
