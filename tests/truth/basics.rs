//! Files, commands, packages, sockets.

use libtest_mimic::Trial;

use crate::frame::{Bench, Table, right, wrong};

pub(crate) fn trials(bench: &Bench) -> Vec<Trial> {
    [FILE, COMMAND, PACKAGE, SOCKET].into_iter().map(|table| bench.table(table)).collect()
}

const FILE: Table = Table {
    family: "file",
    criterion: "probe = { file = { path = \"/root/t/f\" } }\nexpect = { exists = true, mode = \"0640\", owner = \"daemon\", content = { contains = \"bonjour\" } }",
    reset: "rm -rf /root/t; mkdir /root/t",
    rows: &[
        right("step by step", "echo bonjour > /root/t/f; chmod 640 /root/t/f; chown daemon /root/t/f"),
        right("install", "echo bonjour > /root/t/x; install -m u=rw,g=r -o daemon /root/t/x /root/t/f"),
        right("a link to it", "echo bonjour > /root/t/x; chmod 640 /root/t/x; chown daemon /root/t/x; ln -s x /root/t/f"),
        right("its owner by number", "umask 026; echo bonjour > /root/t/f; chown 1 /root/t/f; chmod 0640 /root/t/f"),
        wrong("a mode that lets others read", "echo bonjour > /root/t/f; chmod 644 /root/t/f; chown daemon /root/t/f"),
        wrong("with a set-user-id bit", "echo bonjour > /root/t/f; chown daemon /root/t/f; chmod 4640 /root/t/f"),
        wrong("only its group", "echo bonjour > /root/t/f; chmod 640 /root/t/f; chgrp daemon /root/t/f"),
        wrong("a folder", "mkdir /root/t/f; chmod 640 /root/t/f; chown daemon /root/t/f"),
        wrong("a link to nowhere", "ln -s x /root/t/f"),
        wrong("a link to itself", "ln -s f /root/t/f"),
        wrong("a pipe that nobody writes to", "mkfifo -m 640 /root/t/f; chown daemon /root/t/f"),
        wrong("the word is missing", "echo bonsoir > /root/t/f; chmod 640 /root/t/f; chown daemon /root/t/f"),
        right("3 GB of nothing", "truncate -s 3G /root/t/f")
            .judged_by("probe = { file = { path = \"/root/t/f\" } }\nexpect = { size = \"3GiB\" }"),
    ],
};

const COMMAND: Table = Table {
    family: "command",
    criterion: "probe = { command = { run = [\"/root/c\", \"a b\"] } }\nexpect = { exit = 0, stdout = \"a b\\n\" }",
    reset: "rm -f /root/c",
    rows: &[
        right("a script", "printf '#!/bin/sh\\necho \"$1\"\\n' > /root/c; chmod +x /root/c"),
        right("another language", "printf '#!/usr/bin/python3\\nimport sys\\nprint(sys.argv[1])\\n' > /root/c; chmod +x /root/c"),
        right("it complains, and does it all the same", "printf '#!/bin/sh\\necho x >&2\\nprintf \"%%s\\\\n\" \"$1\"\\n' > /root/c; chmod +x /root/c"),
        wrong("another status", "printf '#!/bin/sh\\necho \"$1\"; exit 1\\n' > /root/c; chmod +x /root/c"),
        wrong("nothing said", "printf '#!/bin/sh\\n' > /root/c; chmod +x /root/c"),
        wrong("said as a complaint", "printf '#!/bin/sh\\necho \"$1\" >&2\\n' > /root/c; chmod +x /root/c"),
    ],
};

/// A package made on the spot.
const PACKAGE: Table = Table {
    family: "package",
    criterion: "probe = { package = { name = \"truthpkg\", than = \"1:1.9\" } }\nexpect = { installed = true, order = \"newer\" }",
    reset: "dpkg --purge --force-all truthpkg truthpkg-data; rm -rf /root/p; \
            make() { mkdir -p /root/p/$1/DEBIAN; printf 'Package: %s\\nVersion: %s\\nArchitecture: all\\nMaintainer: x\\nDescription: x\\n' $1 $2 > /root/p/$1/DEBIAN/control; \
            mkdir -p /root/p/$1/etc; echo x > /root/p/$1/etc/$1; echo /etc/$1 > /root/p/$1/DEBIAN/conffiles; dpkg-deb -b /root/p/$1 /root/$1-$2.deb > /dev/null; }; \
            make truthpkg 1:1.10-1; make truthpkg 1:1.9~rc1-1; make truthpkg 3.0; make truthpkg-data 2:1",
    rows: &[
        right("dpkg", "dpkg -i /root/truthpkg-1:1.10-1.deb"),
        right("apt", "cp /root/truthpkg-1:1.10-1.deb /root/t.deb; apt-get install -y /root/t.deb"),
        right("brought up to date", "dpkg -i /root/truthpkg-1:1.9~rc1-1.deb; dpkg -i /root/truthpkg-1:1.10-1.deb"),
        wrong("not there", ""),
        wrong("a candidate of the version", "dpkg -i /root/truthpkg-1:1.9~rc1-1.deb"),
        wrong("without the epoch 3.0 is older", "dpkg -i --force-downgrade /root/truthpkg-3.0.deb"),
        wrong("removed, its configuration left", "dpkg -i /root/truthpkg-1:1.10-1.deb; dpkg -r truthpkg"),
        wrong("only unpacked", "dpkg --unpack /root/truthpkg-1:1.10-1.deb"),
        wrong("another whose name begins so", "dpkg -i /root/truthpkg-data-2:1.deb"),
        right("held", "dpkg -i /root/truthpkg-3.0.deb; apt-mark hold truthpkg")
            .judged_by("probe = { package = { name = \"truthpkg\" } }\nexpect = { held = true, version = \"3.0\" }"),
    ],
};

/// A script for `pc`: `serve CODE` runs Python with a socket `s` of that making, and returns once it is bound.
macro_rules! serve {
    ($family:literal, $kind:literal, $address:literal, $more:literal) => {
        concat!(
            "python3 -c \"
import pathlib, socket, time
s = socket.socket(socket.AF_", $family, ", socket.SOCK_", $kind, ")
", $more, "
s.bind(('", $address, "', 4721))
'", $kind, "' == 'STREAM' and s.listen()
pathlib.Path('/root/bound').touch()
time.sleep(600)\" > /dev/null 2>&1 &
echo $! > /root/bound.pid; timeout 10 sh -c 'while [ ! -e /root/bound ]; do sleep .02; done'"
        )
    };
}

const SOCKET: Table = Table {
    family: "socket",
    criterion: "probe = { socket = { port = 4721 } }\nexpect = { listening = true, serves = { contains = \"ipv4\" }, addresses = { none = \"127.0.0.1\" } }",
    reset: "[ ! -e /root/bound.pid ] || kill $(cat /root/bound.pid); rm -f /root/bound /root/bound.pid; timeout 10 sh -c 'while ss -Hln sport = :4721 | grep -q .; do sleep .02; done'",
    rows: &[
        right("on every IPv4 address", serve!("INET", "STREAM", "0.0.0.0", "")),
        right("dual-stack, on [::]", serve!("INET6", "STREAM", "::", "s.setsockopt(41, 26, 0)")),
        right("on the machine's own address", serve!("INET", "STREAM", "10.77.0.1", "")),
        wrong("nothing", ""),
        wrong("for IPv6 only", serve!("INET6", "STREAM", "::", "s.setsockopt(41, 26, 1)")),
        wrong("on the loopback only", serve!("INET", "STREAM", "127.0.0.1", "")),
        wrong("over UDP", serve!("INET", "DGRAM", "0.0.0.0", "")),
        right("over UDP, where that is asked", serve!("INET", "DGRAM", "0.0.0.0", ""))
            .judged_by("probe = { socket = { port = 4721, protocol = \"udp\" } }\nexpect = { listening = true, processes = [\"python3\"] }"),
    ],
};
