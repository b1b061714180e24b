//! What one machine may take of the PC.

use std::fs;

use crate::Inside;

#[test]
fn the_machine_s_own_limits_cannot_be_raised() {
    let (status, said) = Inside::new().sh("ulimit -Hn; ulimit -Hn 999999999");
    assert!(status != 0 && said.contains("ulimit"), "{said}");
}

#[test]
fn a_process_cannot_leave_its_control_group() {
    let inside = Inside::new();
    let (_, said) = inside.sh("mkdir -p /sys/fs/cgroup/../../../x 2>&1; cat /proc/self/cgroup");
    assert!(said.contains("0::/"), "{said}");
    let outside = fs::read_to_string(format!("/proc/{}/cgroup", inside.pid_1())).unwrap();
    assert!(outside.contains("m-srv"), "{outside}");
}

#[test]
fn a_fork_bomb_fills_its_own_machine_only() {
    // Shells that wait for somebody to open the pipe, more than any machine may have; all go on, and end, when it is opened.
    let (_, said) = Inside::new().sh(
        "rm -f /tmp/pipe; mkfifo /tmp/pipe
         dash -c 'i=0; while [ $i -lt 6000 ]; do (: < /tmp/pipe) & i=$((i + 1)); done; echo all'
         : <> /tmp/pipe > /tmp/pipe; for p in /proc/[0-9]*; do read -r c < $p/comm; [ \"$c\" != dash ] || kill -9 ${p#/proc/}; done 2> /dev/null; echo ended",
    );
    assert!(said.contains("Cannot fork") && said.starts_with("ended\n"), "{said}");
}

#[test]
fn a_memory_bomb_ends_where_the_machine_s_memory_ends() {
    let (status, said) = Inside::new().sh("python3 -c \"
kept = []
for step in range(48):
    kept.append(b'1' * (64 << 20))
print('3 GiB')\"");
    assert!(status != 0 && !said.contains("3 GiB"), "{status} {said}");
}
