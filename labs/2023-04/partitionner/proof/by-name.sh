# Works today and at the next start; no longer once another disk is added.
sed -i "s|^UUID=[^ ]* {{ data_at }} |/dev/sdb4 {{ data_at }} |" /etc/fstab
