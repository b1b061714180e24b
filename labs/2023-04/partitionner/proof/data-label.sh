umount {{ data_at }}
ntfslabel /dev/sdb4 BUREAU
mount {{ data_at }}
