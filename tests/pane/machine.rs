//! The terminal on a real machine of a stand: it has to be the machine's own.

use std::path::Path;

use paillasse::lab::manifest::Isolation;
use paillasse::pane::driver::Driver;
use paillasse::stand::{Machine, Plan, Stand};

use crate::SOON;

/// A stand that is torn down whatever the test says.
struct One(Option<Stand>);

impl One {
    fn up() -> Self {
        paillasse::stand::use_program(Path::new(env!("CARGO_BIN_EXE_paillasse")));
        let machine = Machine { name: "srv".into(), user: "root".into(), shell: true, ..Machine::default() };
        let plan = Plan {
            lab: "test-pane".into(),
            seed: 1,
            isolation: Isolation::Default,
            machines: vec![machine],
            networks: Vec::new(),
            disks: Vec::new(),
            setups: Vec::new(),
        };
        Self(Some(Stand::up(&plan, &mut |_| ()).unwrap()))
    }

    fn terminal(&self) -> Driver {
        let stand = self.0.as_ref().unwrap();
        Driver::start_at(&stand.ptmx("srv").unwrap(), stand.shell("srv"), 80, 24).unwrap()
    }

    /// What a command says in the machine.
    fn says(&self, script: &str) -> String {
        let argv = ["sh", "-c", script].map(str::to_owned);
        let output = self.0.as_ref().unwrap().exec("srv", &argv, b"").unwrap();
        String::from_utf8(output.stdout).unwrap()
    }
}

impl Drop for One {
    fn drop(&mut self) {
        if let Some(stand) = self.0.take() {
            stand.down(&mut |_| ()).unwrap();
        }
    }
}

#[test]
fn the_terminal_is_the_machine_s_own() {
    let machine = One::up();
    let mut driver = machine.terminal();
    driver.wait_for("root@srv", SOON).unwrap();
    driver.type_text("tty; stty size; echo $TERM; ls -l $(tty) | cut -c1; : </dev/tty && echo con''trolled\n");
    let screen = driver.wait_for("controlled", SOON).unwrap();
    for expected in ["/dev/pts/", "24 80", "xterm-256color", "\nc\n"] {
        assert!(screen.text().contains(expected), "{expected}:\n{}", screen.text());
    }
    driver.type_text("echo start''ed; sleep 600\n");
    driver.wait_for("\nstarted", SOON).unwrap();
    // An interrupt that comes before the shell has started the program is the shell's, which goes on.
    let deadline = std::time::Instant::now() + SOON;
    while machine.says("pgrep -x sleep").is_empty() {
        assert!(std::time::Instant::now() < deadline, "{}", machine.says("ps ax"));
        std::thread::sleep(std::time::Duration::from_millis(50));
    }
    driver.key("Ctrl-C").unwrap();
    driver.type_text("echo code=$?\n");
    driver.wait_for("\ncode=130", SOON).unwrap();
    driver.type_text("su -s /bin/sh -c 'tty && whoami' nobody\n");
    driver.wait_for("\nnobody\n", SOON).unwrap();
    driver.type_text("tmux -f /dev/null new-session 'echo in-''tmux; exec cat'\n");
    driver.wait_for("in-tmux", SOON).unwrap();
    driver.key("Ctrl-C").unwrap();
    driver.wait_for("[exited]", SOON).unwrap();
    driver.type_text("exit 3\n");
    assert_eq!(driver.wait_for_end(SOON).unwrap().code(), Some(3));
}

#[test]
fn closing_the_terminal_leaves_no_shell_in_the_machine() {
    let machine = One::up();
    let mut driver = machine.terminal();
    driver.wait_for("root@srv", SOON).unwrap();
    driver.type_text("vi /tmp/unsaved\n");
    driver.wait_for("~", SOON).unwrap();
    assert_ne!(machine.says("pgrep -x bash"), "");
    drop(driver);
    let deadline = std::time::Instant::now() + SOON;
    while !machine.says("pgrep -x bash; pgrep vi").is_empty() {
        assert!(std::time::Instant::now() < deadline, "{}", machine.says("ps ax"));
        std::thread::sleep(std::time::Duration::from_millis(50));
    }
}
