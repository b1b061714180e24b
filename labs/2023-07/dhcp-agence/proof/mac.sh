ip -brief link show eth0 | tr -s ' ' | cut -d ' ' -f 3
