//! What runs: processes, services, scheduled tasks.

use libtest_mimic::Trial;

use crate::frame::{Bench, Table, right, wrong};

pub(crate) fn trials(bench: &Bench) -> Vec<Trial> {
    [PROCESS, SERVICE, STATIC, SCHEDULE].into_iter().map(|table| bench.table(table)).collect()
}

const PROCESS: Table = Table {
    family: "process",
    criterion: "probe = { process = { name = \"truthd\" } }\nexpect = { running = true }",
    reset: "[ -e /run/truth.pid ] && kill -9 $(cat /run/truth.pid); rm -rf /run/truth.pid /opt/truth; mkdir -p /opt/truth; \
            cp /bin/sleep /opt/truth/truthd; printf '#!/bin/sh\\nsleep 600\\n' > /opt/truth/script; chmod +x /opt/truth/script; \
            mkdir /opt/truth/s; cp /opt/truth/script /opt/truth/s/truthd",
    rows: &[
        right("started by hand", "/opt/truth/truthd 600 > /dev/null 2>&1 & echo $! > /run/truth.pid"),
        right("under another name: its program tells", "bash -c 'exec -a innocent /opt/truth/truthd 600' > /dev/null 2>&1 & echo $! > /run/truth.pid"),
        right("a script of that name", "/opt/truth/s/truthd > /dev/null 2>&1 & echo $! > /run/truth.pid"),
        right("its file replaced while it runs", "/opt/truth/truthd 600 > /dev/null 2>&1 & echo $! > /run/truth.pid; \
            while [ \"$(readlink /proc/$(cat /run/truth.pid)/exe)\" != /opt/truth/truthd ]; do sleep 0.01; done; rm /opt/truth/truthd; cp /bin/sleep /opt/truth/truthd"),
        wrong("nothing", ""),
        wrong("only a word in the arguments", "python3 -c 'import time; time.sleep(600)' truthd > /dev/null 2>&1 & echo $! > /run/truth.pid; \
            while ! grep -q truthd /proc/$(cat /run/truth.pid)/cmdline; do sleep 0.01; done"),
        wrong("another under that name", "bash -c 'exec -a truthd sleep 600' > /dev/null 2>&1 & echo $! > /run/truth.pid; \
            while ! grep -q ^truthd /proc/$(cat /run/truth.pid)/cmdline; do sleep 0.01; done"),
        wrong("another that calls itself so", "python3 -c \"import time; open('/proc/self/comm', 'w').write('truthd'); time.sleep(600)\" > /dev/null 2>&1 & \
            echo $! > /run/truth.pid; while ! grep -q ^truthd /proc/$(cat /run/truth.pid)/comm; do sleep 0.01; done"),
        wrong("a longer name", "cp /bin/sleep /opt/truth/truthd-helper; /opt/truth/truthd-helper 600 > /dev/null 2>&1 & echo $! > /run/truth.pid"),
        right("threads are counted", "python3 -c \"
import threading, time
[threading.Thread(target=time.sleep, args=(600,), daemon=True).start() for _ in range(3)]
time.sleep(600)\" > /dev/null 2>&1 & echo $! > /run/truth.pid")
            .judged_by("probe = { process = { name = \"python3\" } }\nexpect = { threads = 4, count = 1 }"),
    ],
};

const SERVICE: Table = Table {
    family: "service",
    criterion: "probe = { service = { name = \"truth\" } }\nexpect = { active = true, enabled = true }",
    reset: "[ -e /run/truth.pid ] && kill -9 $(cat /run/truth.pid); rm -f /run/truth.pid; systemctl unmask truth; systemctl disable --now truth; systemctl disable --now other; rm -rf /etc/systemd/system/truth.service \
            /etc/systemd/system/other.service /etc/systemd/system/*.wants/truth.service /run/systemd/system/truth.service; \
            printf '[Service]\\nExecStart=/bin/sleep 600\\n[Install]\\nWantedBy=multi-user.target\\n' > /etc/systemd/system/truth.service; \
            systemctl daemon-reload; systemctl reset-failed",
    rows: &[
        right("enable --now", "systemctl enable --now truth"),
        right("enable, then start", "systemctl enable truth; systemctl start truth"),
        right("a link by hand", "mkdir -p /etc/systemd/system/multi-user.target.wants; \
            ln -s ../truth.service /etc/systemd/system/multi-user.target.wants/; systemctl daemon-reload; systemctl start truth"),
        right("wanted by a unit that comes back", "printf '[Unit]\\nWants=truth.service\\n[Service]\\nExecStart=/bin/sleep 600\\n[Install]\\nWantedBy=multi-user.target\\n' \
            > /etc/systemd/system/other.service; sed -i '/Install/,$d' /etc/systemd/system/truth.service; systemctl daemon-reload; systemctl enable --now other"),
        wrong("only started", "systemctl start truth"),
        wrong("only enabled", "systemctl enable truth"),
        wrong("a process of that name that is no service", "bash -c 'exec -a truth sleep 600' > /dev/null 2>&1 & echo $! > /run/truth.pid; while ! grep -q ^truth /proc/$(cat /run/truth.pid)/cmdline; do sleep 0.01; done"),
        wrong("another that only mentions the word", "printf '[Service]\\nExecStart=/bin/sh -c \"sleep 600 # truth\"\\n' > /etc/systemd/system/other.service; \
            systemctl daemon-reload; systemctl start other"),
        wrong("masked", "systemctl enable truth; mv /etc/systemd/system/truth.service /run/systemd/system/; systemctl mask truth"),
        wrong("it ends at once", "sed -i 's,/bin/sleep 600,/bin/false,' /etc/systemd/system/truth.service; systemctl daemon-reload; \
            systemctl enable --now truth || true; while systemctl is-active -q truth; do sleep 0.01; done"),
        wrong("enabled for a target that the start never reaches", "sed -i s/multi-user/rescue/ /etc/systemd/system/truth.service; \
            systemctl daemon-reload; systemctl enable truth; systemctl start truth"),
    ],
};

/// A unit "static" is judged by what pulls it in.
const STATIC: Table = Table {
    family: "service/static",
    criterion: "probe = { service = { name = \"truth\" } }\nexpect = { file-state = \"static\", enabled = true }",
    reset: "systemctl disable other; rm -f /etc/systemd/system/truth.service /etc/systemd/system/other.service; \
            printf '[Service]\\nExecStart=/bin/sleep 600\\n' > /etc/systemd/system/truth.service; \
            printf '[Unit]\\nRequires=truth.service\\n[Service]\\nExecStart=/bin/sleep 600\\n[Install]\\nWantedBy=multi-user.target\\n' > /etc/systemd/system/other.service; \
            systemctl daemon-reload",
    rows: &[
        right("needed by what is enabled", "systemctl enable other"),
        wrong("needed by what is not", ""),
        wrong("needed by nothing", "rm /etc/systemd/system/other.service; systemctl daemon-reload"),
    ],
};

const SCHEDULE: Table = Table {
    family: "schedule",
    criterion: "probe = { schedule = { command = \"sauvegarde\", like = \"0 3 * * *\" } }\nexpect = { as-wanted = true }",
    reset: "crontab -r; rm -f /etc/cron.d/sauve* /etc/cron.daily/sauve* /etc/systemd/system/sauve*; sed -i /sauvegarde/d /etc/crontab; \
            systemctl stop sauvegarde.timer; systemctl daemon-reload; systemctl start cron",
    rows: &[
        right("root's crontab", "echo '0 3 * * * /usr/local/bin/sauvegarde' | crontab -"),
        right("a fragment", "echo '00 03 * * * root /usr/local/bin/sauvegarde' > /etc/cron.d/sauvegarde"),
        right("the system's crontab", "echo '0 3 * * 0-7 root sauvegarde -q' >> /etc/crontab"),
        right(
            "a timer",
            "printf '[Service]\\nExecStart=/usr/local/bin/sauvegarde\\n' > /etc/systemd/system/sauve.service; \
             printf '[Timer]\\nOnCalendar=*-*-* 03:00\\n[Install]\\nWantedBy=timers.target\\n' > /etc/systemd/system/sauve.timer; \
             systemctl daemon-reload; systemctl enable --now sauve.timer",
        ),
        right(
            "a timer that starts a unit of another name",
            "printf '[Service]\\nExecStart=/usr/local/bin/sauvegarde\\n' > /etc/systemd/system/sauvons.service; \
             printf '[Timer]\\nOnCalendar=3:0\\nUnit=sauvons.service\\n' > /etc/systemd/system/sauvegarde.timer; \
             systemctl daemon-reload; systemctl start sauvegarde.timer",
        ),
        wrong("fields turned", "echo '3 0 * * * /usr/local/bin/sauvegarde' | crontab -"),
        wrong("on weekdays only", "echo '0 3 * * 1-5 /usr/local/bin/sauvegarde' | crontab -"),
        wrong("in a comment", "echo '# 0 3 * * * /usr/local/bin/sauvegarde' | crontab -"),
        wrong("a fragment with a dot in its name", "echo '0 3 * * * root sauvegarde' > /etc/cron.d/sauvegarde.cron"),
        wrong("a fragment without a user", "echo '0 3 * * * /usr/local/bin/sauvegarde' > /etc/cron.d/sauvegarde"),
        wrong("a fragment that others may write", "echo '0 3 * * * root sauvegarde' > /etc/cron.d/sauvegarde; chmod 666 /etc/cron.d/sauvegarde"),
        wrong("cron does not run", "echo '0 3 * * * sauvegarde' | crontab -; systemctl stop cron"),
        wrong(
            "a timer that was never started",
            "printf '[Service]\\nExecStart=/usr/local/bin/sauvegarde\\n' > /etc/systemd/system/sauvegarde.service; \
             printf '[Timer]\\nOnCalendar=*-*-* 03:00\\n' > /etc/systemd/system/sauvegarde.timer; systemctl daemon-reload",
        ),
        right("a script of the day", "printf '#!/bin/sh\\ntar c /home\\n' > /etc/cron.daily/sauvegarde; chmod +x /etc/cron.daily/sauvegarde")
            .judged_by("probe = { schedule = { command = \"sauvegarde\", like = \"25 6 * * *\" } }\nexpect = { active = true, as-wanted = true }"),
        wrong("a script of the day that run-parts passes over", "printf '#!/bin/sh\\ntar c /home\\n' > /etc/cron.daily/sauvegarde.sh; chmod +x /etc/cron.daily/sauvegarde.sh")
            .judged_by("probe = { schedule = { command = \"sauvegarde\" } }\nexpect = { active = true }"),
    ],
};
