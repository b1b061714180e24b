//! The embedded terminal with real programs on real pseudoterminals of this PC.
//!
//! Needs root and the packages of `tests/packages.txt`; without them the tests fail.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "clippy.toml allows them in test functions, not in their helpers"
)]

mod machine;
mod twin;

use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use paillasse::pane::driver::Driver;
use paillasse::pane::{Size, Terminal, Towards};

const SOON: Duration = Duration::from_secs(20);

fn local(argv: &[&str]) -> Command {
    let mut command = Terminal::local(argv[0]);
    command.args(&argv[1..]).env("LC_ALL", "C.UTF-8").env_remove("TMUX");
    command
}

fn start(argv: &[&str]) -> Driver {
    Driver::start(local(argv), 80, 24).expect("a terminal")
}

#[test]
fn the_program_has_a_true_controlling_terminal() {
    let mut driver = start(&["sh", "-c", "tty; ps -o tty= -p $$; stty size; : </dev/tty && echo controlled"]);
    let screen = driver.wait_for("controlled", SOON).unwrap();
    assert!(screen.row(0).starts_with("/dev/pts/"), "{}", screen.row(0));
    assert_eq!(format!("/dev/{}", screen.row(1)), screen.row(0));
    assert_eq!(screen.row(2), "24 80");
    assert!(driver.wait_for_end(SOON).unwrap().success());
}

#[test]
fn keys_reach_the_program_and_control_c_its_signal() {
    let mut driver = start(&["cat"]);
    driver.type_text("été 日本\n");
    driver.wait_for("été 日本\nété 日本\n", SOON).unwrap();
    driver.key("Ctrl-C").unwrap();
    let status = driver.wait_for_end(SOON).unwrap();
    assert!(!status.success());
}

#[test]
fn all_that_was_said_is_shown_before_the_end_is_told() {
    for _ in 0..20 {
        let mut driver = start(&["sh", "-c", "seq 1 3000; printf 'last words'; exit 7"]);
        assert_eq!(driver.wait_for_end(SOON).unwrap().code(), Some(7));
        assert!(driver.terminal().screen().text().contains("3000\nlast words"));
    }
}

#[test]
fn the_end_is_told_though_a_child_keeps_the_terminal() {
    let mut driver = start(&["sh", "-c", "trap '' HUP; sleep 5 & echo done"]);
    let began = Instant::now();
    assert!(driver.wait_for_end(SOON).unwrap().success());
    assert!(began.elapsed() < Duration::from_secs(4));
    assert_eq!(driver.terminal().screen().row(0), "done");
}

#[test]
fn an_update_that_is_never_ended_is_shown_all_the_same() {
    let (wake, woken) = std::sync::mpsc::channel();
    let wake = move || wake.send(()).unwrap_or_default();
    let command = local(&["sh", "-c", "printf '\\033[?2026hheld back'; sleep 600"]);
    let mut terminal = Terminal::spawn(command, "/dev/ptmx".as_ref(), Size { cols: 80, rows: 24 }, wake).unwrap();
    // Pumped only when woken, as the app does.
    while woken.recv_timeout(SOON).is_ok() {
        terminal.pump();
        if terminal.screen().row(0) == "held back" {
            return;
        }
    }
    panic!("never shown");
}

#[test]
fn the_program_is_told_what_terminal_it_has() {
    let mut command = local(&["sh", "-c", "echo $TERM $COLORTERM"]);
    command.env("TERM", "dumb");
    let mut driver = Driver::start(command, 80, 24).unwrap();
    driver.wait_for("xterm-256color truecolor", SOON).unwrap();
}

#[test]
fn a_resize_reaches_the_program() {
    let mut driver = start(&["sh", "-c", "trap 'stty size' WINCH; echo ready; while :; do sleep 0.05; done"]);
    driver.wait_for("ready", SOON).unwrap();
    driver.terminal().resize(100, 30).unwrap();
    driver.wait_for("30 100", SOON).unwrap();
    driver.terminal().resize(0, 0).unwrap();
    driver.terminal().resize(1, 1).unwrap();
    driver.terminal().resize(100, 31).unwrap();
    driver.wait_for("31 100", SOON).unwrap();
}

#[test]
fn dropping_the_terminal_ends_its_program_even_a_stubborn_one() {
    let mut driver = start(&["sh", "-c", "trap '' HUP INT TERM; echo pid=$$; while :; do sleep 0.05; done"]);
    let screen = driver.wait_for("pid=", SOON).unwrap();
    let pid = screen.row(0).trim_start_matches("pid=").to_owned();
    assert!(Path::new("/proc").join(&pid).exists());
    drop(driver);
    assert!(!Path::new("/proc").join(&pid).exists(), "no process and no zombie");
}

#[test]
fn a_flood_nobody_reads_waits_in_the_kernel() {
    let wakes = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&wakes);
    let wake = move || {
        counted.fetch_add(1, Ordering::SeqCst);
    };
    let folder = tempfile::tempdir().unwrap();
    let written = folder.path().join("written");
    let script = "head -c 50000000 /dev/zero | tr '\\0' x; : >\"$0\"; echo; echo end";
    let command = local(&["sh", "-c", script, written.to_str().unwrap()]);
    let mut terminal = Terminal::spawn(command, "/dev/ptmx".as_ref(), Size { cols: 80, rows: 24 }, wake).unwrap();
    std::thread::sleep(Duration::from_secs(1));
    assert!(!written.exists(), "the program waits");
    assert_eq!(wakes.load(Ordering::SeqCst), 1, "one call until it is pumped");
    let deadline = Instant::now() + Duration::from_mins(2);
    while terminal.exited().is_none() {
        assert!(Instant::now() < deadline);
        if !terminal.pump() {
            std::thread::sleep(Duration::from_millis(1));
        }
    }
    assert!(written.exists() && terminal.screen().text().contains("end"));
}

#[test]
fn a_program_that_does_not_read_does_not_stop_the_screen() {
    let mut driver = start(&["sh", "-c", "stty raw -echo; echo ready; sleep 600"]);
    driver.wait_for("ready", SOON).unwrap();
    let began = Instant::now();
    driver.terminal().paste(&"x".repeat(1_000_000));
    driver.type_text(&"y".repeat(3000));
    assert!(began.elapsed() < Duration::from_secs(2));
    drop(driver);
    assert!(began.elapsed() < Duration::from_secs(4));
}

#[test]
fn a_program_that_is_not_there_is_an_error() {
    let missing = Command::new("/nonexistent/program");
    let size = Size { cols: 80, rows: 24 };
    let error = Terminal::spawn(missing, "/dev/ptmx".as_ref(), size, || ()).unwrap_err();
    assert_eq!(error.kind(), std::io::ErrorKind::NotFound);
    let error = Terminal::spawn(local(&["true"]), "/dev/null".as_ref(), size, || ()).unwrap_err();
    assert_eq!(error.raw_os_error(), Some(25), "ENOTTY: {error}");
}

#[test]
fn search_and_scrollback_work_on_what_a_program_wrote() {
    let mut driver = start(&["sh", "-c", "seq -f 'line %g' 1 500; cat"]);
    driver.wait_for("line 500", SOON).unwrap();
    assert!(driver.terminal().search("line 42", Towards::Past));
    assert!(driver.terminal().screen().text().contains("line 42"));
    driver.type_text("x");
    assert_eq!(driver.terminal().screen().scrolled, 0, "typing goes back to the present");
}

#[test]
fn the_mouse_reaches_only_the_program_that_asked() {
    use crossterm::event::{KeyModifiers, MouseButton, MouseEvent, MouseEventKind};
    use ratatui::layout::Rect;
    let area = Rect::new(5, 5, 80, 24);
    let press =
        MouseEvent { kind: MouseEventKind::Down(MouseButton::Left), column: 7, row: 6, modifiers: KeyModifiers::NONE };
    let wheel = MouseEvent { kind: MouseEventKind::ScrollUp, ..press };
    let mut driver = start(&["sh", "-c", "stty raw -echo; seq -f '%g\r' 60; cat -v"]);
    driver.wait_for("60", SOON).unwrap();
    assert!(driver.terminal().mouse(press, area), "selects");
    assert!(driver.terminal().mouse(wheel, area), "scrolls");
    assert_eq!(driver.terminal().screen().scrolled, 3);
    let mut driver = start(&["sh", "-c", "stty raw -echo; printf '\\033[?1000;1006hready'; cat -v"]);
    driver.wait_for("ready", SOON).unwrap();
    assert!(!driver.terminal().mouse(press, area));
    driver.wait_for("ready^[[<0;3;2M", SOON).unwrap();
    driver.terminal().mouse(wheel, area);
    driver.wait_for("^[[<64;3;2M", SOON).unwrap();
    assert!(driver.terminal().mouse(MouseEvent { modifiers: KeyModifiers::SHIFT, ..press }, area), "Shift keeps it");
}
