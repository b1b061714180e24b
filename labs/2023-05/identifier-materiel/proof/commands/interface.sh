ip -4 route show default | sed -n 's/.* dev \([^ ]*\).*/\1/p' | head -n 1
