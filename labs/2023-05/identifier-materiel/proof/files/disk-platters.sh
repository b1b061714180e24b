number=$(awk '$5 == "/" { print $3 }' /proc/self/mountinfo | tail -n 1)
folder=$(readlink -f "/sys/dev/block/$number")
if [ -e "$folder/partition" ]; then folder=$(dirname "$folder"); fi
if [ "$(cat "$folder/queue/rotational")" = 1 ]; then echo yes; else echo no; fi
