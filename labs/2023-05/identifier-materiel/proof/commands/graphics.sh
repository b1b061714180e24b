vendor=
for folder in /sys/bus/pci/devices/*; do
    case "$(cat "$folder/class")" in
        0x03*) vendor=$(cat "$folder/vendor"); break ;;
    esac
done
case "$vendor" in
    0x8086) echo Intel ;;
    0x10de) echo NVIDIA ;;
    0x1002) echo AMD ;;
    0x1234) echo QEMU ;;
    0x1af4 | 0x1b36) echo Red Hat ;;
    0x15ad) echo VMware ;;
    0x80ee) echo VirtualBox ;;
    0x1414) echo Microsoft ;;
    0x1013) echo Cirrus Logic ;;
    0x1a03) echo ASPEED ;;
    0x102b) echo Matrox ;;
esac
