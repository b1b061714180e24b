if [ "$(id -u)" = 0 ] && command -v dmidecode > /dev/null; then
    dmidecode --string system-product-name
else
    cat /sys/class/dmi/id/product_name
fi
