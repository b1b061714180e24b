if command -v lspci > /dev/null; then
    LC_ALL=C lspci -n
else
    for folder in /sys/bus/pci/devices/*; do
        echo "slot $(cut -c 3-6 "$folder/class"): $(cut -c 3- "$folder/vendor")"
    done
fi | awk '$2 ~ /^03/ { print substr($3, 1, 4); exit }' | sed -e s/8086/Intel/ -e s/10de/NVIDIA/ -e s/1002/AMD/ -e s/1234/QEMU/ -e 's/1af4/Red Hat/' -e 's/1b36/Red Hat/' -e s/15ad/VMware/ -e s/80ee/VirtualBox/ -e s/1414/Microsoft/ -e 's/1013/Cirrus Logic/' -e s/1a03/ASPEED/ -e s/102b/Matrox/
