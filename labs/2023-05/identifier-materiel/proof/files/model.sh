sed -n 1p /sys/devices/virtual/dmi/id/product_name
