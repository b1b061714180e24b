# The workstation as the technician finds it: the new disk is blank, the archives are on the other one, in use.
export LC_ALL=C

# Nothing plays the part of udev in this machine: what /etc/fstab says is mounted at the start by this unit instead.
cat > /usr/lib/systemd/system/local-disks.service <<'UNIT'
[Unit]
Description=Mount what /etc/fstab says, turn on its swap space
Documentation=man:fstab(5) man:mount(8) man:swapon(8)
DefaultDependencies=no
After=systemd-remount-fs.service systemd-tmpfiles-setup-dev.service
Before=local-fs.target shutdown.target
Conflicts=shutdown.target

[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart=-/bin/mount --all
ExecStart=-/sbin/swapon --all

[Install]
WantedBy=local-fs.target
UNIT
mkdir -p /usr/lib/systemd/system/local-fs.target.wants
ln -sf ../local-disks.service /usr/lib/systemd/system/local-fs.target.wants/local-disks.service

# The disk of the archives.
printf 'label: gpt\nstart=1MiB, type=linux, name=archives\n' | sfdisk --quiet /dev/sdc
tries=0
until [ -b /dev/sdc1 ]; do
    tries=$((tries + 1))
    [ "$tries" -lt 100 ]
    sleep 0.1
done
mkfs.ext4 -q -F -L ARCHIVES /dev/sdc1
mkdir -p /srv/archives
printf '%s\n' '# <device> <folder> <kind> <options> <dump> <check>' \
    "UUID=$(blkid -o value -s UUID /dev/sdc1) /srv/archives ext4 defaults 0 2" > /etc/fstab
mount /srv/archives
printf 'facture;client;montant\n' > /srv/archives/factures.csv
for number in 1 2 3 4 5 6 7 8; do
    printf 'F{{ seed }}-%s;client %s;%s,00\n' "$number" "$number" "$((number * 137))" >> /srv/archives/factures.csv
done
sync
