systemctl disable winbind
