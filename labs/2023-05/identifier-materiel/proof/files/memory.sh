awk '/^MemTotal:/ { print int($2 / 1024) " MiB" }' /proc/meminfo
