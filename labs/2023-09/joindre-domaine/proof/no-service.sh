systemctl disable --now winbind
