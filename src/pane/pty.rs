//! A pseudoterminal and the program on its other side.
//!
//! The pair is taken from a given `ptmx`: this PC's, or a machine's own (`/proc/PID/root/dev/pts/ptmx`), so that the
//! program finds its terminal under the name the machine knows (`tty`, `tmux` and `su` need that). See `pts(4)`,
//! `ioctl_tty(2)`.
//!
//! Two threads of its own carry the bytes. Each also watches the program (a pidfd), so neither outlives it.

use std::io;
use std::os::fd::{AsFd, OwnedFd};
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, TryRecvError, sync_channel};
use std::thread;
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::fs::{Mode, OFlags};
use rustix::io::{Errno, retry_on_intr};
use rustix::process::{Pid, PidfdFlags, Signal, kill_process, pidfd_open};
use rustix::pty::{OpenptFlags, ioctl_tiocgptpeer, unlockpt};
use rustix::termios::{Winsize, tcsetwinsize};

use super::Size;

/// The most read in one piece, in bytes.
const CHUNK: usize = 64 * 1024;
/// Pieces waiting to be read; beyond them the program waits, as on any slow terminal.
const CHUNKS_WAITING: usize = 8;
/// Writes waiting for a program that doesn't read; beyond them input is lost, as on any terminal (`termios(3)`).
const WRITES_WAITING: usize = 1024;
/// Silence after which the owner is told once more: it may be holding back a synchronized update that was never ended.
const AFTERTHOUGHT: Timespec = Timespec { tv_sec: 0, tv_nsec: 200_000_000 };
/// Silence that counts as the end of the output, when the program has ended but another still holds its terminal.
const LAST_WORDS: Timespec = Timespec { tv_sec: 0, tv_nsec: 50_000_000 };
/// How long a program may take to leave after the hang-up, before it is killed.
const GRACE: Duration = Duration::from_millis(200);

/// Tells the owner, from the reading thread, that there is something new; once until the owner has [`heard`](Self::heard).
pub(super) struct Wake {
    call: Box<dyn Fn() + Send + Sync>,
    called: AtomicBool,
}

impl std::fmt::Debug for Wake {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Wake").field("called", &self.called).finish_non_exhaustive()
    }
}

impl Wake {
    pub(super) fn new(call: impl Fn() + Send + Sync + 'static) -> Arc<Self> {
        Arc::new(Self { call: Box::new(call), called: AtomicBool::new(false) })
    }

    pub(super) fn call(&self) {
        if !self.called.swap(true, Ordering::AcqRel) {
            (self.call)();
        }
    }

    /// To be said before looking at what is new, so that what comes meanwhile calls again.
    pub(super) fn heard(&self) {
        self.called.store(false, Ordering::Release);
    }
}

/// The program and this side of its terminal. Dropped, it hangs up, and the program ends.
#[derive(Debug)]
pub(super) struct Pty {
    child: Child,
    output: Receiver<Vec<u8>>,
    input: SyncSender<Vec<u8>>,
    master: Arc<OwnedFd>,
    ended: bool,
}

impl Pty {
    /// Starts the program with a new terminal as its standard streams.
    ///
    /// The command is taken whole because it holds the program's side open as long as it lives. It has to make the
    /// terminal its controlling one by itself (`setsid --ctty`, `paillasse enter`): that can't be done from here without
    /// code between fork and exec.
    pub(super) fn spawn(mut command: Command, ptmx: &Path, size: Size, wake: Arc<Wake>) -> io::Result<Self> {
        let flags = OFlags::RDWR | OFlags::NOCTTY | OFlags::CLOEXEC | OFlags::NONBLOCK;
        let master = Arc::new(rustix::fs::open(ptmx, flags, Mode::empty())?);
        unlockpt(&master)?;
        tcsetwinsize(&master, winsize(size))?;
        let peer = ioctl_tiocgptpeer(&master, OpenptFlags::RDWR | OpenptFlags::NOCTTY | OpenptFlags::CLOEXEC)?;
        command.stdin(Stdio::from(peer.try_clone()?)).stdout(Stdio::from(peer.try_clone()?)).stderr(Stdio::from(peer));
        let child = command.spawn()?;
        drop(command);

        let life = Arc::new(pidfd_open(Pid::from_child(&child), PidfdFlags::empty())?);
        let (heard, output) = sync_channel(CHUNKS_WAITING);
        let (input, to_write) = sync_channel(WRITES_WAITING);
        let (reading, living) = (Arc::clone(&master), Arc::clone(&life));
        thread::Builder::new().name("pane-read".into()).spawn(move || {
            read_all(&reading, &living, &heard, &wake);
            drop(heard);
            wake.call();
        })?;
        let writing = Arc::clone(&master);
        thread::Builder::new().name("pane-write".into()).spawn(move || write_all(&writing, &life, &to_write))?;
        Ok(Self { child, output, input, master, ended: false })
    }

    /// The next piece of output, if there is one now.
    pub(super) fn read(&mut self) -> Option<Vec<u8>> {
        match self.output.try_recv() {
            Ok(bytes) => Some(bytes),
            Err(TryRecvError::Empty) => None,
            Err(TryRecvError::Disconnected) => {
                self.ended = true;
                None
            }
        }
    }

    /// Sends bytes to the program. Lost when it hasn't read for very long.
    pub(super) fn write(&self, bytes: Vec<u8>) {
        // Full or closed: the program does not listen, and there is nobody to tell that the screen doesn't show.
        let _ = self.input.try_send(bytes);
    }

    pub(super) fn resize(&self, size: Size) -> io::Result<()> {
        Ok(tcsetwinsize(&self.master, winsize(size))?)
    }

    /// How the program ended, once all it said has been [`read`](Self::read).
    pub(super) fn exited(&mut self) -> Option<ExitStatus> {
        if self.ended { self.child.try_wait().ok().flatten() } else { None }
    }
}

impl Drop for Pty {
    fn drop(&mut self) {
        if matches!(self.child.try_wait(), Ok(Some(_))) {
            return;
        }
        // A shell tells its jobs of a hang-up, and saves its history; a kill would let it do neither.
        let _ = kill_process(Pid::from_child(&self.child), Signal::HUP);
        let deadline = Instant::now() + GRACE;
        while Instant::now() < deadline {
            if matches!(self.child.try_wait(), Ok(Some(_))) {
                return;
            }
            thread::sleep(Duration::from_millis(5));
        }
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn winsize(size: Size) -> Winsize {
    Winsize { ws_row: size.rows, ws_col: size.cols, ws_xpixel: 0, ws_ypixel: 0 }
}

/// What became possible.
enum Ready {
    Terminal,
    Ended,
    Nothing,
}

/// Waits until the terminal is ready for `wanted`, else until the program has ended.
fn wait(
    terminal: Option<(&OwnedFd, PollFlags)>,
    life: Option<&OwnedFd>,
    limit: Option<&Timespec>,
) -> io::Result<Ready> {
    let terminal = terminal.map(|(fd, wanted)| PollFd::from_borrowed_fd(fd.as_fd(), wanted));
    let life = life.map(|fd| PollFd::from_borrowed_fd(fd.as_fd(), PollFlags::IN));
    let watches_terminal = terminal.is_some();
    let mut watched: Vec<PollFd<'_>> = terminal.into_iter().chain(life).collect();
    if retry_on_intr(|| poll(&mut watched, limit))? == 0 {
        return Ok(Ready::Nothing);
    }
    let terminal_is_ready = watches_terminal && !watched[0].revents().is_empty();
    Ok(if terminal_is_ready { Ready::Terminal } else { Ready::Ended })
}

/// Reads until the program has ended and all it said has been passed on.
fn read_all(master: &OwnedFd, life: &OwnedFd, heard: &SyncSender<Vec<u8>>, wake: &Wake) {
    let (mut alive, mut told) = (true, true);
    loop {
        let patience = if told { None } else { Some(&AFTERTHOUGHT) };
        let (life, limit) = if alive { (Some(life), patience) } else { (None, Some(&LAST_WORDS)) };
        match wait(Some((master, PollFlags::IN)), life, limit) {
            Ok(Ready::Terminal) => match read_ready(master) {
                Ok(bytes) => {
                    if heard.send(bytes).is_err() {
                        return;
                    }
                    wake.call();
                    told = false;
                }
                Err(Errno::AGAIN) => {}
                Err(_) => break,
            },
            Ok(Ready::Ended) => alive = false,
            Ok(Ready::Nothing) if alive => {
                wake.call();
                told = true;
            }
            Ok(Ready::Nothing) | Err(_) => return,
        }
    }
    // EIO: nobody holds the terminal any more, though the program may live on.
    if alive {
        let _ = wait(None, Some(life), None);
    }
}

/// All that can be read without waiting, up to a whole chunk. The kernel gives at most 4 KiB at a time.
fn read_ready(master: &OwnedFd) -> Result<Vec<u8>, Errno> {
    let mut bytes = vec![0; CHUNK];
    let mut length = 0;
    while length < CHUNK {
        match retry_on_intr(|| rustix::io::read(master, &mut bytes[length..])) {
            Ok(0) => break,
            Ok(count) => length += count,
            Err(error) if length == 0 => return Err(error),
            Err(_) => break,
        }
    }
    if length == 0 {
        return Err(Errno::IO);
    }
    bytes.truncate(length);
    Ok(bytes)
}

/// Writes what is queued, until nobody queues any more or the program has ended.
fn write_all(master: &OwnedFd, life: &OwnedFd, queue: &Receiver<Vec<u8>>) {
    for bytes in queue {
        let mut rest = &bytes[..];
        while !rest.is_empty() {
            match retry_on_intr(|| rustix::io::write(master, rest)) {
                Ok(count) => rest = &rest[count..],
                Err(Errno::AGAIN) => {
                    if !matches!(wait(Some((master, PollFlags::OUT)), Some(life), None), Ok(Ready::Terminal)) {
                        return;
                    }
                }
                Err(_) => return,
            }
        }
    }
}
