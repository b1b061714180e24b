//! What one machine may take of the PC.

use std::fs;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant};

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

#[test]
fn one_file_cannot_fill_the_pc_s_disk() {
    // SIGXFSZ, setrlimit(2).
    let (_, said) = Inside::new().sh("truncate -s 5G /root/big; echo $?");
    assert!(said.starts_with("153\n"), "{said}");
}

#[test]
fn many_files_cannot_fill_the_pc_s_disk() {
    let inside = Inside::new();
    let stand = inside.stand.as_ref().unwrap();
    let group = group(inside.pid_1());
    let is_held = || fs::read_to_string(group.join("cgroup.events")).unwrap().contains("frozen 1");
    thread::scope(|scope| {
        // Blocks are taken at once, nothing is written.
        scope.spawn(|| inside.sh("fallocate -l 2G /root/a; fallocate -l 2500M /root/b; sleep 600"));
        let end = Instant::now() + Duration::from_mins(1);
        while !is_held() {
            assert!(Instant::now() < end, "4.5 GB were written, and the machine goes on");
            thread::sleep(Duration::from_millis(50));
        }
        stand.reset(Some("srv"), &mut |_| ()).unwrap();
    });
    assert_eq!(inside.sh("ls /root; echo back").1, "back\n", "put back to its start it works again");
}

/// The machine's own group of the version 2 hierarchy.
fn group(pid_1: i32) -> PathBuf {
    let mounts = fs::read_to_string("/proc/mounts").unwrap();
    let unified = mounts.lines().find_map(|line| line.strip_prefix("cgroup2 ")?.split(' ').next());
    let groups = fs::read_to_string(format!("/proc/{pid_1}/cgroup")).unwrap();
    let own = groups.lines().find_map(|line| line.strip_prefix("0::/")).unwrap();
    Path::new(unified.unwrap()).join(own.trim_end_matches("/init.scope"))
}
