//! What tells that a probe's answer may have changed: files by inotify(7), mounts and swap space by `poll(2)` on the
//! kernel's tables (proc(5)), the network by rtnetlink(7). Best effort: what can't be watched is left to a slow tick.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::{CStr, OsString};
use std::fs::{self, File};
use std::io;
use std::mem::MaybeUninit;
use std::os::fd::OwnedFd;
use std::os::unix::fs::FileTypeExt as _;
use std::path::{Path, PathBuf};

use rtnetlink::sys::protocols::NETLINK_ROUTE;
use rtnetlink::sys::{Socket, SocketAddr};
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::fs::inotify::{self, CreateFlags, ReadFlags, WatchFlags};

use crate::probe::{Machine, Probe, Watch};

const UNITS: [&str; 2] = ["/run/systemd/units", "/etc/systemd/system"];
/// `linux/rtnetlink.h`: `RTMGRP_LINK`, `_IPV4_IFADDR`, `_IPV4_ROUTE`, `_IPV6_IFADDR`, `_IPV6_ROUTE`.
const GROUPS: u32 = 0x1 | 0x10 | 0x40 | 0x100 | 0x400;

/// The watches of some probes.
pub(super) struct Watcher {
    inotify: OwnedFd,
    /// Watch descriptor → what it is for.
    files: BTreeMap<i32, Vec<Place>>,
    /// Tables that `poll(2)` tells the changes of, each with those who want them.
    tables: Vec<(File, Vec<usize>)>,
    network: Option<(Socket, Vec<usize>)>,
    /// Looked at whenever asked.
    always: Vec<usize>,
}

/// A probe that wants to know of a path.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Place {
    probe: usize,
    path: PathBuf,
    /// The only entry of the watched folder that matters; none: all.
    entry: Option<OsString>,
}

impl Watcher {
    /// Watches for these probes; a probe is named by its index.
    pub(super) fn new(probes: &[Probe]) -> io::Result<Self> {
        let inotify = inotify::init(CreateFlags::CLOEXEC | CreateFlags::NONBLOCK)?;
        let mut watcher =
            Self { inotify, files: BTreeMap::new(), tables: Vec::new(), network: None, always: Vec::new() };
        let wanting = |watch: Watch| -> Vec<usize> {
            (0..probes.len()).filter(|index| probes[*index].about().watches.contains(&watch)).collect()
        };
        watcher.always = wanting(Watch::Processes);
        let proc = Machine::default().proc();
        watcher.table(&proc.join("mountinfo"), wanting(Watch::Mounts));
        watcher.table(Path::new("/proc/swaps"), wanting(Watch::Swaps));
        watcher.network = Some(wanting(Watch::Network)).filter(|all| !all.is_empty()).zip(network().ok()).map(swap);
        for (index, probe) in probes.iter().enumerate() {
            watcher.paths(index, probe);
        }
        Ok(watcher)
    }

    /// The probes whose answers may have changed since the last call.
    pub(super) fn fired(&mut self, probes: &[Probe]) -> BTreeSet<usize> {
        let mut fired: BTreeSet<usize> = self.always.iter().copied().collect();
        for (table, wanting) in &self.tables {
            if has_changed(table) {
                fired.extend(wanting);
            }
        }
        if let Some((socket, wanting)) = &self.network
            && drained(socket)
        {
            fired.extend(wanting);
        }
        let touched = self.touched();
        for index in &touched {
            // A file that was replaced is another one; a folder that was missing may be there.
            self.paths(*index, &probes[*index]);
        }
        fired.extend(touched);
        fired
    }

    fn table(&mut self, path: &Path, wanting: Vec<usize>) {
        if let (false, Ok(file)) = (wanting.is_empty(), File::open(path)) {
            // What it said until now is no news.
            has_changed(&file);
            self.tables.push((file, wanting));
        }
    }

    fn paths(&mut self, probe: usize, asked: &Probe) {
        let arguments = asked.arguments();
        for watch in asked.about().watches {
            match watch {
                Watch::Path(path) => self.path(probe, Path::new(path)),
                Watch::Argument(name) => {
                    let path = Path::new("/dev").join(arguments[*name].as_str().unwrap_or_default());
                    self.path(probe, &path);
                }
                Watch::Disks => {
                    self.path(probe, Path::new("/dev"));
                    for node in block_devices() {
                        self.path(probe, &node);
                    }
                }
                Watch::Units => {
                    for folder in UNITS {
                        self.path(probe, Path::new(folder));
                    }
                    for folder in folders(Path::new(UNITS[1])) {
                        self.path(probe, &folder);
                    }
                }
                Watch::Mounts | Watch::Swaps | Watch::Network | Watch::Processes => {}
            }
        }
    }

    /// Watches a path (through a link at its end) and its name in the nearest folder above it that exists.
    fn path(&mut self, probe: usize, path: &Path) {
        const CONTENT: WatchFlags =
            WatchFlags::MODIFY.union(WatchFlags::CLOSE_WRITE).union(WatchFlags::ATTRIB).union(NAMES);
        const NAMES: WatchFlags = WatchFlags::CREATE
            .union(WatchFlags::DELETE)
            .union(WatchFlags::MOVED_FROM)
            .union(WatchFlags::MOVED_TO)
            .union(WatchFlags::ATTRIB);
        self.add(path, CONTENT, &Place { probe, path: path.to_path_buf(), entry: None });
        let mut below = path;
        while let (Some(folder), Some(name)) = (below.parent(), below.file_name()) {
            let place = Place { probe, path: path.to_path_buf(), entry: Some(name.to_owned()) };
            if self.add(folder, NAMES, &place) {
                return;
            }
            below = folder;
        }
    }

    fn add(&mut self, path: &Path, flags: WatchFlags, place: &Place) -> bool {
        // The same folder may be watched for several reasons: one descriptor, what it tells added up.
        let Ok(descriptor) = inotify::add_watch(&self.inotify, path, flags | WatchFlags::MASK_ADD) else {
            return false;
        };
        let places = self.files.entry(descriptor).or_default();
        if !places.contains(place) {
            places.push(place.clone());
        }
        true
    }

    /// The probes whose paths something happened to.
    fn touched(&mut self) -> BTreeSet<usize> {
        let mut touched = BTreeSet::new();
        let mut buffer = [MaybeUninit::uninit(); 16 * 1024];
        let mut reader = inotify::Reader::new(&self.inotify, &mut buffer);
        while let Ok(event) = reader.next() {
            if event.events().contains(ReadFlags::QUEUE_OVERFLOW) {
                touched.extend(self.files.values().flatten().map(|place| place.probe));
            }
            let name = event.file_name().map(CStr::to_bytes);
            let concerns = |place: &&Place| {
                place.entry.is_none() || place.entry.as_ref().map(|entry| entry.as_encoded_bytes()) == name
            };
            let places = self.files.get(&event.wd()).into_iter().flatten();
            touched.extend(places.filter(concerns).map(|place| place.probe));
            if event.events().contains(ReadFlags::IGNORED) {
                self.files.remove(&event.wd());
            }
        }
        touched
    }
}

fn swap<A, B>((a, b): (A, B)) -> (B, A) {
    (b, a)
}

/// Whether a table of proc(5) changed since the last call: it says so once.
fn has_changed(table: &File) -> bool {
    let mut fds = [PollFd::new(table, PollFlags::PRI)];
    let asked = poll(&mut fds, Some(&Timespec { tv_sec: 0, tv_nsec: 0 }));
    asked.is_ok_and(|count| count > 0) && fds[0].revents().intersects(PollFlags::PRI | PollFlags::ERR)
}

fn network() -> io::Result<Socket> {
    let mut socket = Socket::new(NETLINK_ROUTE)?;
    socket.bind(&SocketAddr::new(0, GROUPS))?;
    socket.set_non_blocking(true)?;
    Ok(socket)
}

/// Reads all that is there; whether there was something (too much to keep is something).
fn drained(socket: &Socket) -> bool {
    let mut any = false;
    loop {
        match socket.recv_from_full() {
            Ok(_) => any = true,
            Err(error) if error.raw_os_error() == Some(rustix::io::Errno::NOBUFS.raw_os_error()) => any = true,
            Err(_) => return any,
        }
    }
}

fn block_devices() -> Vec<PathBuf> {
    let entries = fs::read_dir("/dev").into_iter().flatten().flatten();
    let block = entries.filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_block_device()));
    block.map(|entry| entry.path()).collect()
}

fn folders(path: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(path).into_iter().flatten().flatten();
    entries.filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_dir())).map(|entry| entry.path()).collect()
}
