# Run in a fresh machine that has no network: installs what was fetched for it. As in the base, nothing is started and no
# unit is on: a lab turns them on by name.
export DEBIAN_FRONTEND=noninteractive LC_ALL=C.UTF-8
printf '#!/bin/sh\nexit 101\n' >/usr/sbin/policy-rc.d
chmod 755 /usr/sbin/policy-rc.d
apt-get -q -y --no-install-recommends -o APT::Sandbox::User=root install /run/host/packages/*.deb >&2
rm /usr/sbin/policy-rc.d
for archive in /run/host/packages/*.deb; do
    dpkg -L "$(dpkg-deb -f "$archive" Package)"
done | sed -n -e 's|^\(/usr\)\?/lib/systemd/system/\([^/]*\.\(service\|socket\|timer\|path\)\)$|\2|p' \
    -e 's|^/etc/init\.d/\(.*\)$|\1.service|p' | sort -u | while read -r unit; do
    systemctl -q disable "$unit" || true
done
