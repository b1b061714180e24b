#!/bin/sh
# Three machines and a LAN as somebody would script them: `ip netns`, `unshare`, an overlay over the base.
#   shell.sh FOLDER BASE    says "up" and takes all down again at the end of its input
set -eu
folder=$1 base=$2

up() {
    mkdir -p "$folder"
    ip netns add lan
    ip -n lan link add net0 type bridge
    ip -n lan link set net0 up
    for n in 1 2 3; do
        mkdir -p "$folder/m$n/upper" "$folder/m$n/work" "$folder/m$n/merged"
        ip netns add "m$n"
        ip -n lan link add "m$n" type veth peer name eth0 netns "m$n"
        ip -n lan link set "m$n" master net0 up
        ip -n "m$n" link set lo up
        ip -n "m$n" link set eth0 up
        ip -n "m$n" address add "10.9.0.$n/24" dev eth0
        mkfifo "$folder/m$n/ready"
        ip netns exec "m$n" unshare --mount --uts --ipc --pid --fork --kill-child --propagation private \
            sh -eu -c "$MACHINE" machine "$folder/m$n" "$base" "m$n" </dev/null >"$folder/m$n/log" 2>&1 &
        echo $! >"$folder/m$n/pid"
    done
    for n in 1 2 3; do read -r _ <"$folder/m$n/ready"; done
}

MACHINE='
cd "$1"
mount -t overlay -o "lowerdir=$2,upperdir=upper,workdir=work,volatile" overlay merged
cd merged
mount -t proc proc proc
mount -t sysfs -o ro sysfs sys
mount -t tmpfs run run
mount -t tmpfs tmp tmp
mount -t tmpfs -o mode=755 dev dev
mknod -m 666 dev/null c 1 3
mknod -m 666 dev/zero c 1 5
mknod -m 666 dev/full c 1 7
mknod -m 666 dev/random c 1 8
mknod -m 666 dev/urandom c 1 9
mknod -m 666 dev/tty c 5 0
mkdir dev/pts dev/shm
mount -t devpts -o newinstance,ptmxmode=0666 devpts dev/pts
ln -s pts/ptmx dev/ptmx
mount -t tmpfs shm dev/shm
hostname "$3"
exec 3>../ready
pivot_root . mnt
umount -l /mnt
echo up >&3
exec 3>&-
exec sleep infinity'

down() {
    for n in 1 2 3; do
        kill -9 "$(cat "$folder/m$n/pid")"
        ip netns del "m$n"
    done
    wait
    ip netns del lan
    rm -rf "$folder"
}

up
echo up
read -r _ || down
