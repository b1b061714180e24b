device=$(findmnt --noheadings --output SOURCE --target / | sed "s/\[.*//")
name=$(lsblk --inverse --noheadings --list --output TYPE,KNAME "$device" | awk '$1 == "disk" { print $2; exit }')
transport=$(lsblk --nodeps --noheadings --output TRAN "/dev/$name" | tr -d " ")
case "$transport-$name" in
    -vd*) echo virtio ;;
    -mmc*) echo mmc ;;
    -*) echo scsi ;;
    *) echo "${transport%%-*}" ;;
esac
