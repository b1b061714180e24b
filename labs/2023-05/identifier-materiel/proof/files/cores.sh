for folder in /sys/devices/system/cpu/cpu[0-9]*/topology; do
    echo "$(cat "$folder/physical_package_id")-$(cat "$folder/core_id")"
done | sort -u | wc -l
