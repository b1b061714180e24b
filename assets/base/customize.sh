#!/bin/sh
# Run by mmdebstrap on the base's tree ($1) once all packages are installed. Nothing is started: a lab turns units on.
set -eu
root=$1

# French first, English at hand.
printf '%s UTF-8\n' fr_FR.UTF-8 en_US.UTF-8 >"$root/etc/locale.gen"
chroot "$root" locale-gen >/dev/null
echo 'LANG=fr_FR.UTF-8' >"$root/etc/default/locale"
ln -sf ../usr/share/zoneinfo/Europe/Paris "$root/etc/localtime"
echo Europe/Paris >"$root/etc/timezone"
printf 'XKBMODEL="pc105"\nXKBLAYOUT="fr"\nXKBVARIANT=""\nXKBOPTIONS=""\nBACKSPACE="guess"\n' >"$root/etc/default/keyboard"

# Off, not masked: `systemctl enable --now` must work for whoever needs the service.
mkdir -p "$root/etc/systemd/system-preset"
echo 'disable *' >"$root/etc/systemd/system-preset/00-base.preset"
chroot "$root" systemctl preset-all >/dev/null 2>&1
chroot "$root" systemctl preset-all --global >/dev/null 2>&1
rm "$root/etc/systemd/system-preset/00-base.preset"
for script in "$root"/etc/init.d/*; do
    chroot "$root" update-rc.d "${script##*/}" disable >/dev/null 2>&1 || true
done
rm -f "$root"/etc/rc[S0-6].d/S*
ln -sf /lib/systemd/system/multi-user.target "$root/etc/systemd/system/default.target"

# Masked: what only makes sense on bare hardware, or would wait for devices that a container never announces.
for unit in systemd-udevd.service systemd-udevd-control.socket systemd-udevd-kernel.socket \
    systemd-udev-trigger.service systemd-udev-settle.service systemd-modules-load.service \
    systemd-networkd-wait-online.service NetworkManager-wait-online.service systemd-firstboot.service \
    systemd-hwdb-update.service systemd-pstore.service systemd-ask-password-console.path \
    systemd-ask-password-wall.path systemd-binfmt.service proc-sys-fs-binfmt_misc.automount \
    sys-kernel-debug.mount sys-kernel-tracing.mount sys-kernel-config.mount sys-fs-fuse-connections.mount \
    dev-hugepages.mount dev-mqueue.mount getty-static.service getty.target console-getty.service \
    kmod-static-nodes.service systemd-boot-system-token.service keyboard-setup.service console-setup.service \
    ldconfig.service lvm2-monitor.service lvm2-lvmpolld.socket blk-availability.service; do
    ln -sf /dev/null "$root/etc/systemd/system/$unit"
done

# Keys are made on first use, so that no two machines share theirs.
rm -f "$root"/etc/ssh/ssh_host_*
mkdir -p "$root/etc/systemd/system/ssh.service.d"
cat >"$root/etc/systemd/system/ssh.service.d/keys.conf" <<'UNIT'
[Service]
ExecStartPre=
ExecStartPre=/usr/bin/ssh-keygen -A
ExecStartPre=/usr/sbin/sshd -t
UNIT

mkdir -p "$root/etc/systemd/system/named.service.d"
cat >"$root/etc/systemd/system/named.service.d/keys.conf" <<'UNIT'
[Service]
ExecStartPre=/bin/sh -c 'test -s /etc/bind/rndc.key || rndc-confgen -a -u bind >/dev/null'
UNIT
# As Debian 13's package has it.
cat >"$root/etc/systemd/system/ssl-cert.service" <<'UNIT'
[Unit]
Description=Generate the snakeoil certificate
ConditionPathExists=!/etc/ssl/private/ssl-cert-snakeoil.key

[Service]
Type=oneshot
ExecStart=/usr/sbin/make-ssl-cert generate-default-snakeoil
UNIT
for unit in dovecot.service postfix@.service; do
    mkdir -p "$root/etc/systemd/system/$unit.d"
    printf '[Unit]\nWants=ssl-cert.service\nAfter=ssl-cert.service\n' >"$root/etc/systemd/system/$unit.d/keys.conf"
done
# postalias notes the host's name and the hour in its table.
cat >>"$root/etc/systemd/system/postfix@.service.d/keys.conf" <<'UNIT'

[Service]
ExecStartPre=/bin/sh -c 'test -e /etc/aliases.db || newaliases'
UNIT
rm -f "$root/etc/aliases.db" "$root/etc/bind/rndc.key" "$root"/etc/nvme/hostid "$root"/etc/nvme/hostnqn \
    "$root/etc/ssl/private/ssl-cert-snakeoil.key" "$root/etc/ssl/certs/ssl-cert-snakeoil.pem"

# The kernel's log belongs to the PC.
sed -i 's/^module(load="imklog".*/#&/' "$root/etc/rsyslog.conf"

# Colours and completion, as on an installed Debian; no message of the day about a kernel that isn't the machine's.
cat >>"$root/root/.bashrc" <<'RC'
export LS_OPTIONS='--color=auto'
alias ls='ls $LS_OPTIONS'
alias ll='ls $LS_OPTIONS -l'
[ -r /usr/share/bash-completion/bash_completion ] && . /usr/share/bash-completion/bash_completion
RC
rm -f "$root/etc/motd" "$root/etc/update-motd.d/10-uname"

# A machine has its own identity, drawn at its creation; nothing of the builder's PC stays.
: >"$root/etc/machine-id"
printf '127.0.0.1\tlocalhost\n::1\tlocalhost ip6-localhost ip6-loopback\n' >"$root/etc/hosts"
sed -i '/^myhostname = /d' "$root/etc/postfix/main.cf"
rm -f "$root/etc/hostname" "$root/etc/resolv.conf" "$root/var/lib/dbus/machine-id" "$root/etc/apt/sources.list"
rm -rf "$root"/etc/apt/sources.list.d/* "$root"/etc/apt/apt.conf.d/99mmdebstrap "$root"/var/log/*.log "$root"/var/log/apt \
    "$root"/var/lib/apt/lists/* "$root"/var/cache/apt/*.bin "$root"/var/cache/apt/archives/*.deb "$root"/tmp/*

# The same packages make the same bytes: no backup of the step before, no cache that holds times, no date of today.
rm -f "$root"/var/cache/ldconfig/aux-cache "$root"/var/lib/dpkg/*-old "$root"/var/cache/debconf/*-old \
    "$root"/etc/passwd- "$root"/etc/group- "$root"/etc/shadow- "$root"/etc/gshadow- "$root"/etc/subuid- "$root"/etc/subgid- \
    "$root"/var/lib/systemd/random-seed
sed -i 's/^# This configuration was auto-generated on .* by mkconf$/# This configuration was auto-generated by mkconf/' \
    "$root/etc/mdadm/mdadm.conf"
