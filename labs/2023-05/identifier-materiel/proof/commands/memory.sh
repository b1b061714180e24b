LC_ALL=C free --bytes | awk '/^Mem:/ { printf "%.1f GiB\n", $2 / 1073741824 }'
