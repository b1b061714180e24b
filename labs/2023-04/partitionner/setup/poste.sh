# The workstation as the technician finds it: the new disk is blank, the archives are on the other one, in use.
export LC_ALL=C

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
