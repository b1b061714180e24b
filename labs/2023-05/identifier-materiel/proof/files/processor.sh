sed -n "s/^model name[^:]*: //p" /proc/cpuinfo | head -n 1
