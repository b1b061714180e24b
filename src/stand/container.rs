//! One machine as an OCI container, by `libcontainer`.
//!
//! At the default level root in the machine is nobody on the PC: a user namespace ([`super::ids`]), its lower layers shown with
//! its own numbers ([`super::lower`]), devices of its own instead of the PC's ([`super::stage`]). A privileged machine has all
//! the rest: namespaces (mount, network, process, IPC, UTS, cgroup), a small `/dev` without the PC's devices, a short list of
//! capabilities ([`super::confine`]; no MKNOD: with the `/dev` given, it can't reach a device that is not its own even where no
//! device control group holds), kernel settings read-only except the network's, which are the machine's own.

use std::fs;
use std::io;
use std::os::fd::AsRawFd as _;
use std::path::Path;

use libcontainer::container::builder::ContainerBuilder;
use libcontainer::syscall::syscall::SyscallType;
use serde_json::{Value, json};

use super::disk::{Disk, LOOP_MAJOR};
use super::folder::{Folder, MachineFolder};
use super::ids::{self, Ids};
use super::journal::Step;
use super::plan::{Init, Machine, Plan};
use super::process::Process;
use super::{boot, cable, cgroup, confine, devnode, limits, network, seccomp, stage};
use crate::lab::manifest::Isolation;

/// What is the PC's alone: how it was started, its firmware's tables (serial numbers), its keys.
const MASKED: [&str; 8] = [
    "/proc/cmdline",
    "/proc/kcore",
    "/proc/keys",
    "/proc/timer_list",
    "/proc/sched_debug",
    "/proc/scsi",
    "/sys/firmware",
    "/sys/devices/virtual/dmi",
];

/// A device a machine may use: its path in the machine, kind, numbers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Device {
    pub(super) path: String,
    pub(super) kind: char,
    pub(super) major: u32,
    pub(super) minor: u32,
}

impl Device {
    pub(super) fn new(path: &str, kind: char, major: u32, minor: u32) -> Self {
        Self { path: path.to_owned(), kind, major, minor }
    }
}

/// Beside the usual ones (null, zero, full, random, urandom, tty): FUSE (ntfs-3g), tunnels (VPN), btrfs.
/// Numbers: kernel `Documentation/admin-guide/devices.txt`.
///
/// In a user namespace no device can be made: the PC's own nodes are shown, as far as it has them.
fn common_devices(isolation: Isolation) -> Vec<Device> {
    let both = [Device::new("/dev/fuse", 'c', 10, 229), Device::new("/dev/net/tun", 'c', 10, 200)];
    match isolation {
        Isolation::Default => both.into_iter().filter(|device| Path::new(&device.path).exists()).collect(),
        Isolation::Privileged => both.into_iter().chain([Device::new("/dev/btrfs-control", 'c', 10, 234)]).collect(),
    }
}

/// Creates a machine's container, plugs its cables in, then starts it, so that its links are there before its PID 1.
/// Single-threaded and in a process of its own: the runtime forks.
pub(super) fn launch(folder: &Folder, plan: &Plan, index: usize, disks: &[Disk]) -> io::Result<Process> {
    let machine = plan.machines.get(index).ok_or_else(|| io::Error::from(io::ErrorKind::NotFound))?;
    let place = folder.machine(&machine.name);
    let group = cgroup::of_machine(&folder.id(), &machine.name);
    let journal = folder.journal();
    let name = || machine.name.clone();
    journal.write(&Step::Group(group.clone()))?;
    let ids = Ids::of(folder, plan)?;
    // The runtime knows version 1 or 2; on a PC that mounts both, systemd's hierarchy is the one it doesn't.
    cgroup::enter_unified(&group)?;
    ids.map_or(Ok(()), |ids| cgroup::delegate(&group, ids))?;
    boot::write(&place)?;
    devnode::prepare_views(&place, disks)?;
    let seen = ids.map_or_else(|| Ok(place.clone()), |ids| stage::show(&place, ids))?;
    // Made here: the runtime leaves a map of two lines to newuidmap(1), which keeps to /etc/subuid.
    let users = ids.map(|ids| ids::namespace(&ids.map())).transpose()?;
    let spec = spec(plan, machine, &seen, &group, disks, users.as_ref())?;
    fs::write(place.root.join("config.json"), serde_json::to_vec_pretty(&spec)?)?;
    let _ = fs::remove_dir_all(place.runtime());
    fs::create_dir_all(place.runtime())?;
    let console = fs::OpenOptions::new().append(true).create(true).open(place.console())?;
    journal.write(&Step::Container { machine: name() })?;
    let mut container = ContainerBuilder::new(machine.name.clone(), SyscallType::default())
        .with_root_path(place.runtime())
        .map_err(io::Error::other)?
        .with_stdin(fs::File::open("/dev/null")?)
        .with_stdout(console.try_clone()?)
        .with_stderr(console)
        .as_init(&seen.root)
        .with_systemd(false)
        .with_detach(true)
        .build()
        .map_err(deep)?;
    let pid = container.pid().ok_or_else(|| io::Error::other("no PID 1"))?.as_raw();
    let process = Process::of(pid).ok_or_else(|| io::Error::other("PID 1 died"))?;
    process.save(&place.process())?;
    network::plug(plan, index, pid, &cable::unplugged(&place, plan, machine), &journal)?;
    devnode::sync(process, &place, &group, disks)?;
    if machine.init == Init::None {
        network::configure(machine, pid)?;
    }
    journal.write(&Step::Boot { machine: name() })?;
    container.start().map_err(deep)?;
    Ok(process)
}

/// A file that this process holds open, for the processes it forks.
fn own_path(file: &fs::File) -> String {
    format!("/proc/{}/fd/{}", std::process::id(), file.as_raw_fd())
}

/// An error with its causes: the runtime's outermost words say little.
fn deep(error: impl std::error::Error) -> io::Error {
    let mut words = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        words.push_str(": ");
        words.push_str(&cause.to_string());
        source = cause.source();
    }
    io::Error::other(words)
}

fn spec(
    plan: &Plan,
    machine: &Machine,
    place: &MachineFolder,
    group: &Path,
    disks: &[Disk],
    users: Option<&fs::File>,
) -> io::Result<Value> {
    let isolation = plan.isolation;
    let capabilities = confine::capabilities(isolation)?;
    let capabilities: Vec<String> = capabilities.iter().map(ToString::to_string).collect();
    let kinds = ["pid", "network", "ipc", "uts", "mount", "cgroup"].map(|kind| json!({ "type": kind }));
    let user = users.map(|users| json!({ "type": "user", "path": own_path(users) }));
    let namespaces: Vec<Value> = kinds.into_iter().chain(user).collect();
    let disks = disks.iter().map(|disk| Device::new(&format!("/dev/{}", disk.name), 'b', LOOP_MAJOR, disk.number));
    let devices: Vec<Device> = common_devices(isolation).into_iter().chain(disks).collect();
    let mut resources = json!({ "devices": allowed(&devices) });
    limits::add_to(&mut resources);
    Ok(json!({
        "ociVersion": "1.0.2",
        "hostname": machine.name,
        "root": { "path": "merged", "readonly": false },
        "process": {
            "terminal": false,
            "cwd": "/",
            "args": boot::command(machine.init),
            "env": [
                "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
                "container=oci",
                "NOTIFY_SOCKET=/run/host/notify",
                boot::ENVIRONMENT[0],
                boot::ENVIRONMENT[1],
                boot::ENVIRONMENT[2],
            ],
            "user": { "uid": 0, "gid": 0 },
            "noNewPrivileges": false,
            "rlimits": limits::rlimits(isolation),
            "capabilities": {
                "bounding": capabilities, "effective": capabilities,
                "permitted": capabilities, "inheritable": [],
            },
        },
        "mounts": mounts(place),
        "linux": {
            "namespaces": namespaces,
            "cgroupsPath": Path::new("/").join(group),
            "resources": resources,
            "devices": devices.iter().map(node).collect::<Vec<_>>(),
            "sysctl": boot::network(plan, machine),
            "seccomp": seccomp::filter(isolation),
            "readonlyPaths": read_only()?,
            "maskedPaths": MASKED,
        },
    }))
}

fn mounts(place: &MachineFolder) -> Value {
    let mount = |at: &str, kind: &str, options: &str| json!({ "destination": at, "type": kind, "source": kind, "options": options.split(',').collect::<Vec<_>>() });
    let bind = |from: &Path, at: &str| json!({ "destination": at, "type": "bind", "source": from, "options": ["rbind", "ro", "nosuid", "nodev"] });
    let mut mounts = vec![
        mount("/proc", "proc", "nosuid,noexec,nodev"),
        mount("/dev", "tmpfs", "nosuid,strictatime,mode=755,size=4m"),
        mount("/dev/pts", "devpts", "nosuid,noexec,newinstance,ptmxmode=0666,mode=0620,uid=0,gid=5"),
        mount("/dev/shm", "tmpfs", "nosuid,nodev,mode=1777"),
        mount("/dev/mqueue", "mqueue", "nosuid,noexec,nodev"),
        mount("/sys", "sysfs", "nosuid,noexec,nodev,ro"),
        mount("/sys/fs/cgroup", "cgroup2", "nosuid,noexec,nodev,rw"),
        mount("/run", "tmpfs", "nosuid,nodev,mode=755"),
        mount("/tmp", "tmpfs", "nosuid,nodev,mode=1777"),
        bind(&place.host(), "/run/host"),
    ];
    mounts.extend(devnode::views(place).iter().map(|(from, at)| bind(from, at)));
    Value::Array(mounts)
}

/// The device control group's rules (version 1; elsewhere the lack of `MKNOD` is the wall).
fn allowed(devices: &[Device]) -> Value {
    let nothing = json!({ "allow": false, "access": "rwm" });
    let each = devices.iter().map(|device| {
        json!({ "allow": true, "type": device.kind, "major": device.major, "minor": device.minor, "access": "rwm" })
    });
    std::iter::once(nothing).chain(each).collect()
}

fn node(device: &Device) -> Value {
    let mode = if device.kind == 'b' { 0o660 } else { 0o666 };
    json!({
        "path": device.path, "type": device.kind, "major": device.major, "minor": device.minor,
        "fileMode": mode, "uid": 0, "gid": if device.kind == 'b' { 6 } else { 0 },
    })
}

/// Kernel settings that are the PC's: all of `/proc/sys` but the network's, and the usual dangerous ones.
fn read_only() -> io::Result<Vec<String>> {
    let settings = fs::read_dir("/proc/sys")?.flatten().map(|entry| entry.file_name());
    let settings = settings.filter(|name| name != "net").map(|name| format!("/proc/sys/{}", name.to_string_lossy()));
    Ok(settings.chain(["/proc/sysrq-trigger", "/proc/irq", "/proc/bus", "/proc/fs"].map(str::to_owned)).collect())
}
