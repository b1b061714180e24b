if ls /sys/firmware | grep -q -x efi; then echo yes; else echo no; fi
