//! The basic probe families against real states of this machine, right ones and near misses.


use std::fs;
use std::net::{TcpListener, UdpSocket};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use paillasse::agent::observe_here;
use paillasse::probe::{Fact, Observation, Probe};
use libtest_mimic::Trial;
use serde_json::{Value, json};

use crate::frame::{Bench, plain};

pub(crate) fn trials(_bench: &Bench) -> Vec<Trial> {
    plain![
        a_pipe_without_a_writer_does_not_hang,
        links_that_lead_nowhere_or_in_a_circle_exist_as_links_only,
        a_huge_sparse_file_has_a_size_and_no_content_to_read,
        latin_1_content_and_targets_are_read,
        the_owner_is_named,
        what_an_ordinary_user_may_not_read_is_unknown_not_failed,
        what_each_family_may_not_look_at_is_unknown_for_an_ordinary_user,
        a_process_that_only_mentions_the_word_is_another,
        a_dual_stack_socket_serves_ipv4_too,
        an_ipv6_only_socket_does_not_serve_ipv4,
        a_port_of_the_other_protocol_is_another,
        without_systemd_as_pid_1_services_are_unknown,
        packages_and_accounts_of_this_machine_are_seen,
        a_command_that_never_ends_is_unknown_in_time,
        a_hung_filesystem_and_a_mute_dns_server_delay_nobody_else,
    ]
}

const SOON: Duration = Duration::from_secs(20);

fn see(probe: Value) -> Observation {
    let probe: Probe = serde_json::from_value(probe).unwrap();
    observe_here(&[probe], SOON).remove(0)
}

fn field(observation: &Observation, name: &str) -> Fact {
    match &observation.fact {
        Fact::Record(fields) => fields.get(name).cloned().unwrap_or(Fact::None),
        other => other.clone(),
    }
}

fn file(path: &Path) -> Observation {
    see(json!({ "file": { "path": path } }))
}

fn is_unknown(fact: &Fact) -> bool {
    matches!(fact, Fact::Unknown(_))
}

/// Ends with the test.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn a_pipe_without_a_writer_does_not_hang() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("pipe");
    assert!(Command::new("mkfifo").arg(&path).status().unwrap().success());
    let start = Instant::now();
    let seen = file(&path);
    assert!(start.elapsed() < Duration::from_secs(3));
    assert_eq!(field(&seen, "kind"), Fact::text("fifo"));
    assert_eq!(field(&seen, "content"), Fact::None);
}

fn links_that_lead_nowhere_or_in_a_circle_exist_as_links_only() {
    let folder = tempfile::tempdir().unwrap();
    let (nowhere, circle) = (folder.path().join("nowhere"), folder.path().join("circle"));
    symlink("missing", &nowhere).unwrap();
    symlink(&circle, &circle).unwrap();
    for link in [&nowhere, &circle] {
        let seen = file(link);
        assert_eq!(field(&seen, "kind"), Fact::text("link"));
        assert_eq!(field(&seen, "exists"), Fact::Bool(false));
    }
}

fn a_huge_sparse_file_has_a_size_and_no_content_to_read() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("sparse");
    fs::File::create(&path).unwrap().set_len(3 << 30).unwrap();
    let seen = file(&path);
    assert_eq!(field(&seen, "size"), Fact::Size(3 << 30));
    assert!(is_unknown(&field(&seen, "content")));
}

fn latin_1_content_and_targets_are_read() {
    let folder = tempfile::tempdir().unwrap();
    let (text, link) = (folder.path().join("text"), folder.path().join("link"));
    fs::write(&text, b"caf\xe9\nnoir\n").unwrap();
    symlink(std::ffi::OsStr::from_bytes(b"/tmp/caf\xe9"), &link).unwrap();
    assert_eq!(field(&file(&text), "lines"), Fact::texts(["caf\u{fffd}", "noir"]));
    assert_eq!(field(&file(&link), "target"), Fact::text("/tmp/caf\u{fffd}"));
}

fn the_owner_is_named() {
    let seen = file(Path::new("/etc/shadow"));
    assert_eq!((field(&seen, "owner"), field(&seen, "group")), (Fact::text("root"), Fact::text("shadow")));
}

fn what_an_ordinary_user_may_not_read_is_unknown_not_failed() {
    let folder = tempfile::tempdir().unwrap();
    fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o755)).unwrap();
    let suite = folder.path().join("suite.toml");
    let bin = folder.path().join("paillasse");
    fs::copy(assert_cmd::cargo::cargo_bin("paillasse"), &bin).unwrap();
    fs::write(
        &suite,
        "[[criterion]]\nid = \"a\"\nprobe = { file = { path = \"/etc/shadow\" } }\nexpect = { content = { contains = \"root\" } }\n\
         [[criterion]]\nid = \"b\"\nprobe = { user = { name = \"root\" } }\nexpect = { locked = true }\n\
         [[criterion]]\nid = \"c\"\nprobe = { user = { name = \"root\" } }\nexpect = { uid = 0 }\n",
    )
    .unwrap();
    let run = Command::new("setpriv")
        .args(["--reuid=65534", "--regid=65534", "--clear-groups"])
        .arg(&bin)
        .args(["probe", "--format", "json"])
        .arg(&suite)
        .output()
        .unwrap();
    let value: Value = serde_json::from_slice(&run.stdout).unwrap();
    let statuses: Vec<&Value> = (0..3).map(|index| &value["criteria"][index]["status"]).collect();
    assert_eq!(statuses, ["unknown", "unknown", "pass"], "{value:#}");
    assert_eq!(run.status.code(), Some(2));
}

/// Each family that needs a right, asked for something of root's: its probe and what is expected of it. `{}` is a folder
/// that only root may enter, `PORT` a port that root's process listens on.
const FOR_ROOT: [(&str, &str); 20] = [
    ("file = { path = '{}/f' }", "exists = true"),
    ("content = { path = '{}/f', format = 'text', at = 'x' }", "exists = true"),
    ("tree = { path = '{}' }", "count = 2"),
    ("acl = { path = '{}/f' }", "exists = true"),
    ("xattr = { path = '{}/f' }", "exists = true"),
    ("usage = { path = '{}/f' }", "exists = true"),
    ("archive = { path = '{}/f' }", "intact = true"),
    ("filesystem = { device = '{}/disk' }", "kind = 'ext4'"),
    ("luks = { device = '{}/disk' }", "present = true"),
    ("raid = { members = ['{}/disk'] }", "present = true"),
    ("partition = { disk = '{}/disk' }", "table = 'gpt'"),
    ("log = { path = '{}/f', matches = 'x' }", "count = 1"),
    ("certificate = { file = '{}/f' }", "present = true"),
    ("backup = { tool = 'restic', repository = '{}/r', password-file = '{}/f' }", "opens = true"),
    ("sudo = { user = 'root' }", "anything = true"),
    ("user = { name = 'root' }", "must-change = true"),
    ("socket = { port = PORT }", "processes = { any = 'x' }"),
    ("process = { name = 'truthd' }", "programs = { any = 'x' }"),
    ("dhcp = { interface = 'lo' }", "offer = { absent = true }"),
    ("neighbour = { address = '192.0.2.1', interface = 'lo' }", "present = true"),
];

fn what_each_family_may_not_look_at_is_unknown_for_an_ordinary_user() {
    let folder = tempfile::tempdir().unwrap();
    fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o755)).unwrap();
    let [private, suite, bin, daemon] = ["private", "suite.toml", "paillasse", "truthd"].map(|name| folder.path().join(name));
    fs::create_dir(&private).unwrap();
    fs::set_permissions(&private, fs::Permissions::from_mode(0o700)).unwrap();
    for name in ["f", "disk"] {
        fs::write(private.join(name), "x").unwrap();
    }
    fs::copy(assert_cmd::cargo::cargo_bin("paillasse"), &bin).unwrap();
    fs::copy("/bin/sleep", &daemon).unwrap();
    let _daemon = Running(Command::new(&daemon).arg("600").spawn().unwrap());
    let server = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = server.local_addr().unwrap().port().to_string();
    let criterion = |(index, (probe, expect)): (usize, &(&str, &str))| {
        let probe = probe.replace("{}", private.to_str().unwrap()).replace("PORT", &port);
        format!("[[criterion]]\nid = \"c{index}\"\nprobe = {{ {probe} }}\nexpect = {{ {expect} }}\n")
    };
    fs::write(&suite, FOR_ROOT.iter().enumerate().map(criterion).collect::<String>()).unwrap();
    let run = Command::new("setpriv")
        .args(["--reuid=65534", "--regid=65534", "--clear-groups"])
        .arg(&bin)
        .args(["--lang", "en", "probe", "--format", "json"])
        .arg(&suite)
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&run.stderr).into_owned();
    let value: Value = serde_json::from_slice(&run.stdout).expect(&said);
    for (index, (probe, _)) in FOR_ROOT.iter().enumerate() {
        let said = &value["criteria"][index];
        assert_eq!(said["status"], "unknown", "{probe}: {said:#}");
        assert!(said["note"].as_str().is_some_and(|why| !why.is_empty()), "{probe}: {said:#}");
    }
}

fn a_process_that_only_mentions_the_word_is_another() {
    let folder = tempfile::tempdir().unwrap();
    let program = folder.path().join("truthd");
    fs::copy("/bin/sleep", &program).unwrap();
    let word = json!({ "process": { "name": "truthd" } });
    let mention = Command::new("sh").args(["-c", "sleep 60; : truthd"]).spawn().unwrap();
    let _mention = Running(mention);
    assert_eq!(field(&see(word.clone()), "running"), Fact::Bool(false));
    let real = Running(Command::new(&program).arg("60").spawn().unwrap());
    // Between fork and exec the child is still this test.
    let start = Instant::now();
    while field(&see(word.clone()), "running") != Fact::Bool(true) {
        assert!(start.elapsed() < SOON, "not seen running");
    }
    assert_eq!(field(&see(word.clone()), "count"), Fact::Int(1));
    drop(real);
    assert_eq!(field(&see(word), "running"), Fact::Bool(false));
}

fn a_dual_stack_socket_serves_ipv4_too() {
    let server = TcpListener::bind("[::]:0").unwrap();
    let seen = see(json!({ "socket": { "port": server.local_addr().unwrap().port() } }));
    assert_eq!(field(&seen, "serves"), Fact::texts(["ipv4", "ipv6"]));
}

fn an_ipv6_only_socket_does_not_serve_ipv4() {
    let script = "import socket,time\ns=socket.socket(socket.AF_INET6)\n\
        s.setsockopt(socket.IPPROTO_IPV6,socket.IPV6_V6ONLY,1)\ns.bind(('::',0))\ns.listen()\n\
        print(s.getsockname()[1],flush=True)\ntime.sleep(60)";
    let mut child = Command::new("python3").args(["-c", script]).stdout(Stdio::piped()).spawn().unwrap();
    let mut line = String::new();
    std::io::BufRead::read_line(&mut std::io::BufReader::new(child.stdout.take().unwrap()), &mut line).unwrap();
    let _child = Running(child);
    let seen = see(json!({ "socket": { "port": line.trim().parse::<u16>().unwrap() } }));
    assert_eq!(field(&seen, "serves"), Fact::texts(["ipv6"]));
    assert_eq!(field(&seen, "processes"), Fact::texts(["python3"]));
}

fn a_port_of_the_other_protocol_is_another() {
    let udp = UdpSocket::bind("127.0.0.1:0").unwrap();
    let port = udp.local_addr().unwrap().port();
    assert_eq!(field(&see(json!({ "socket": { "port": port } })), "listening"), Fact::Bool(false));
    let seen = see(json!({ "socket": { "port": port, "protocol": "udp" } }));
    assert_eq!(field(&seen, "listening"), Fact::Bool(true));
}

fn without_systemd_as_pid_1_services_are_unknown() {
    assert!(!Path::new("/run/systemd/system").exists(), "this test is for a machine that systemd doesn't run");
    for name in ["ssh", "no-such-unit"] {
        assert!(is_unknown(&field(&see(json!({ "service": { "name": name } })), "active")), "{name}");
    }
}

fn packages_and_accounts_of_this_machine_are_seen() {
    let bash = see(json!({ "package": { "name": "bash" } }));
    assert_eq!(field(&bash, "installed"), Fact::Bool(true));
    assert_eq!(field(&see(json!({ "package": { "name": "bas" } })), "installed"), Fact::Bool(false));
    assert_eq!(field(&see(json!({ "user": { "name": "daemon" } })), "uid"), Fact::Int(1));
    assert_eq!(field(&see(json!({ "user": { "name": "no-such-user" } })), "exists"), Fact::Bool(false));
    assert_eq!(field(&see(json!({ "group": { "name": "shadow" } })), "gid"), Fact::Int(42));
}

fn a_command_that_never_ends_is_unknown_in_time() {
    let probe: Probe = serde_json::from_value(json!({ "command": { "run": ["sleep", "600"] } })).unwrap();
    let start = Instant::now();
    let seen = observe_here(&[probe], Duration::from_millis(300)).remove(0);
    assert!(is_unknown(&seen.fact));
    assert!(start.elapsed() < Duration::from_secs(5));
}

/// A FUSE mount that nobody answers for, and a DNS server that never answers; then the suite.
const HUNG: &str = r#"
import ctypes, os, socket, sys
mute = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
mute.bind(("127.0.0.1", 53))
fuse = os.open("/dev/fuse", os.O_RDWR)
libc = ctypes.CDLL(None, use_errno=True)
options = f"fd={fuse},rootmode=40000,user_id=0,group_id=0".encode()
assert libc.mount(b"hung", sys.argv[1].encode(), b"fuse", 0, options) == 0, os.strerror(ctypes.get_errno())
for fd in (fuse, mute.fileno()):
    os.set_inheritable(fd, True)
os.execv(sys.argv[2], sys.argv[2:])
"#;

fn a_hung_filesystem_and_a_mute_dns_server_delay_nobody_else() {
    let folder = tempfile::tempdir().unwrap();
    let (mount, suite) = (folder.path().join("hung"), folder.path().join("suite.toml"));
    fs::create_dir(&mount).unwrap();
    let file = |id: &str, path: &Path| {
        let path = path.to_string_lossy();
        format!("[[criterion]]\nid = {id:?}\nprobe = {{ file = {{ path = {path:?} }} }}\nexpect = {{ exists = true }}\n")
    };
    let dns = "[[criterion]]\nid = \"dns\"\nprobe = { dns = { name = \"a.test\", server = \"127.0.0.1\" } }\n\
        expect = { status = \"NOERROR\" }\n";
    fs::write(&suite, [file("hung", &mount.join("x")), dns.to_owned(), file("here", Path::new("/etc/passwd"))].concat()).unwrap();
    let run = Command::new("unshare")
        .args(["--mount", "--net", "sh", "-c", "ip link set lo up && exec python3 -c \"$0\" \"$@\"", HUNG])
        .arg(&mount)
        .arg(assert_cmd::cargo::cargo_bin("paillasse"))
        .args(["--lang", "en", "probe", "--format", "json"])
        .arg(&suite)
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&run.stderr).into_owned();
    let value: Value = serde_json::from_slice(&run.stdout).expect(&said);
    let status = |index: usize| value["criteria"][index]["status"].as_str().unwrap().to_owned();
    assert_eq!([status(0), status(2)], ["unknown", "pass"], "{value:#}");
    assert_ne!(status(1), "pass", "{value:#}");
    assert!(value.to_string().contains("in time"), "{value:#}");
}
