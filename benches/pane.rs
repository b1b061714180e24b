//! The embedded terminal: what goes through the emulator alone, through a pseudoterminal and the emulator, and what
//! freezing and drawing a screen costs.
#![expect(clippy::expect_used, reason = "a bench that can't be set up has nothing to say")]

use std::hint::black_box;
use std::io::Write;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use paillasse::pane::{Emulator, Size, Terminal};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::widgets::Widget;

const SIZE: Size = Size { cols: 120, rows: 40 };
const LENGTH: usize = 4 << 20;

/// What a verbose program writes: coloured lines, some accents.
fn output() -> Vec<u8> {
    let mut bytes = Vec::with_capacity(LENGTH + 200);
    let mut line = 0;
    while bytes.len() < LENGTH {
        write!(
            bytes,
            "\x1b[32m{line:>8}\x1b[0m \x1b[1msystemd[1]\x1b[0m: Démarrage de dnsmasq.service - serveur DHCP et DNS\r\n"
        )
        .expect("memory");
        line += 1;
    }
    bytes
}

fn through(c: &mut Criterion) {
    let bytes = output();
    let mut group = c.benchmark_group("pane");
    group.sample_size(10);
    group.throughput(Throughput::Bytes(bytes.len() as u64));
    group.bench_function("emulator", |b| {
        let mut emulator = Emulator::new(SIZE);
        b.iter(|| bytes.chunks(64 * 1024).for_each(|chunk| emulator.feed(black_box(chunk))));
    });
    let file = tempfile::NamedTempFile::new().expect("a temporary file");
    std::fs::write(file.path(), &bytes).expect("a temporary file");
    group.bench_function("pty and emulator", |b| b.iter(|| cat(file.path())));
    group.finish();
}

/// Runs `cat` on a terminal to its end.
fn cat(path: &std::path::Path) {
    let (wake, woken) = std::sync::mpsc::channel();
    let mut command = Terminal::local("cat");
    command.arg(path);
    let wake = move || {
        let _ = wake.send(());
    };
    let mut terminal = Terminal::spawn(command, "/dev/ptmx".as_ref(), SIZE, wake).expect("a terminal");
    while terminal.exited().is_none() {
        if !terminal.pump() {
            let _ = woken.recv_timeout(std::time::Duration::from_millis(1));
        }
    }
}

fn draw(c: &mut Criterion) {
    let mut emulator = Emulator::new(SIZE);
    emulator.feed(&output()[..64 * 1024]);
    let mut screen = emulator.screen();
    c.bench_function("pane/freeze", |b| b.iter(|| emulator.draw(black_box(&mut screen))));
    let area = Rect::new(0, 0, SIZE.cols, SIZE.rows);
    let mut buffer = Buffer::empty(area);
    c.bench_function("pane/draw", |b| b.iter(|| screen.render(area, black_box(&mut buffer))));
}

criterion_group!(benches, through, draw);
criterion_main!(benches);
