LC_ALL=C lscpu | sed -n "s/^Model name: *//p" | head -n 1
