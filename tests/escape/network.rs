//! The PC's networks and what answers there.

use std::io::{BufRead as _, BufReader, Read as _};
use std::process::{Command, Stdio};
use std::thread;

use crate::Inside;

/// Says what of these frames it sees on any interface: first that it looks, then how many until it is stopped.
const WATCH: &str = "
import socket, signal, sys
seen = 0
all = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(3))
all.settimeout(0.1)
stop = []
signal.signal(signal.SIGTERM, lambda *_: stop.append(1))
print('looking', flush=True)
while not stop and seen < int(sys.argv[1]):
    try:
        seen += b'\\x02paill' == all.recv(2048)[6:12]
    except socket.timeout:
        pass
print(seen)
";

#[test]
fn abstract_sockets_of_the_pc_are_out_of_reach() {
    use std::os::linux::net::SocketAddrExt as _;
    use std::os::unix::net::{SocketAddr, UnixListener};
    let name = format!("paillasse-escape-{}", std::process::id());
    let _listener = UnixListener::bind_addr(&SocketAddr::from_abstract_name(&name).unwrap()).unwrap();
    let (status, said) = Inside::new().python(&format!(
        "import socket\ntry:\n    socket.socket(socket.AF_UNIX).connect('\\0{name}')\nexcept OSError as e:\n    print('made', e); sys.exit(e.errno)"
    ));
    assert!(said.starts_with("made") && status == 111, "{said}");
}

#[test]
fn services_of_the_pc_s_loopback_are_out_of_reach() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let (status, said) = Inside::new().python(&format!(
        "import socket\ntry:\n    socket.create_connection(('127.0.0.1', {port}), 2)\nexcept OSError as e:\n    print('made', e); sys.exit(e.errno)"
    ));
    assert!(said.starts_with("made") && status == 111, "{said}");
}

#[test]
fn nothing_of_the_pc_answers_on_the_machine_s_network() {
    let (status, said) = Inside::new().sh("ip -br link; ip route add default via 10.9.0.254; ping -c1 -W1 10.9.0.254; s=$?; ip route del default; exit $s");
    assert!(status != 0 && said.contains("eth0"), "{said}");
}

#[test]
fn a_forged_arp_answer_reaches_the_stand_s_machines_and_not_the_pc() {
    let inside = Inside::new();
    let mut watch = Command::new("python3").args(["-c", WATCH, "1000"]).stdout(Stdio::piped()).spawn().unwrap();
    let mut said = BufReader::new(watch.stdout.take().unwrap());
    let mut line = String::new();
    said.read_line(&mut line).unwrap();
    assert_eq!(line, "looking\n");
    let neighbours = || Command::new("ip").args(["neigh"]).output().unwrap().stdout;
    thread::scope(|scope| {
        // From srv, again and again: the addresses of everybody's gateway are at this very machine (RFC 826, a reply).
        let sender = scope.spawn(|| {
            inside.python(
                "import socket, time\ns = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)\ns.bind(('eth0', 0x806))\nmac = b'\\x02paill'\nfor address in [socket.inet_aton(a) for a in ('10.9.0.254', '192.168.1.1', '10.0.0.1')] * 200:\n    s.send(b'\\xff' * 6 + mac + b'\\x08\\x06\\0\\1\\x08\\0\\6\\4\\0\\2' + mac + address + b'\\xff' * 6 + address)\n    time.sleep(0.01)\n    if os.path.exists('/run/enough'): break\nprint('sent')",
            )
        });
        let (_, seen) = inside.sh_in("peer", &format!("timeout 60 python3 -c \"{WATCH}\" 5"));
        inside.sh("touch /run/enough");
        assert_eq!(sender.join().unwrap().1, "sent\n");
        assert_eq!(seen, "looking\n5\n", "a machine on the same network sees them");
    });
    let after = String::from_utf8(neighbours()).unwrap();
    assert!(!after.contains("02:70:61:69:6c:6c"), "{after}");
    Command::new("kill").arg(watch.id().to_string()).status().unwrap();
    let mut seen = String::new();
    said.read_to_string(&mut seen).unwrap();
    watch.wait().unwrap();
    assert_eq!(seen, "0\n", "the PC sees none");
}
