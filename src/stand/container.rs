//! The only module that knows `libcontainer`: one machine as an OCI container.
//!
//! Isolation of this level: namespaces of its own (mount, network, process, IPC, UTS, cgroup), a small `/dev` without the
//! PC's devices, a capability list without what acts on the kernel or the hardware (no MKNOD: with the `/dev` given, the
//! machine can't reach a device that is not its own even where no device control group holds), kernel settings read-only
//! except the network's (they are the machine's own).

use std::fs;
use std::io;
use std::path::Path;

use libcontainer::container::builder::ContainerBuilder;
use libcontainer::syscall::syscall::SyscallType;
use serde_json::{Value, json};

use super::disk::{Disk, LOOP_MAJOR};
use super::folder::{Folder, MachineFolder};
use super::journal::Step;
use super::plan::{Init, Machine, Plan};
use super::process::Process;
use super::{boot, cable, cgroup, devnode, network};

/// What root in a machine may do, as far as this process holds it (a container of CI may hold less).
///
/// Left out: `SYS_MODULE`, `SYS_BOOT`, `SYS_RAWIO`, `SYS_TIME`, `SYSLOG`, `MAC_*`, `BPF`, `PERFMON`, `MKNOD`, `WAKE_ALARM`,
/// `BLOCK_SUSPEND`, `SYS_PACCT`, `CHECKPOINT_RESTORE`, `AUDIT_CONTROL`, `AUDIT_READ`.
pub(super) const CAPABILITIES: [caps::Capability; 25] = {
    use caps::Capability as C;
    [
        C::CAP_AUDIT_WRITE,
        C::CAP_CHOWN,
        C::CAP_DAC_OVERRIDE,
        C::CAP_DAC_READ_SEARCH,
        C::CAP_FOWNER,
        C::CAP_FSETID,
        C::CAP_IPC_LOCK,
        C::CAP_IPC_OWNER,
        C::CAP_KILL,
        C::CAP_LEASE,
        C::CAP_LINUX_IMMUTABLE,
        C::CAP_NET_ADMIN,
        C::CAP_NET_BIND_SERVICE,
        C::CAP_NET_BROADCAST,
        C::CAP_NET_RAW,
        C::CAP_SETFCAP,
        C::CAP_SETGID,
        C::CAP_SETPCAP,
        C::CAP_SETUID,
        C::CAP_SYS_ADMIN,
        C::CAP_SYS_CHROOT,
        C::CAP_SYS_NICE,
        C::CAP_SYS_PTRACE,
        C::CAP_SYS_RESOURCE,
        C::CAP_SYS_TTY_CONFIG,
    ]
};

/// No machine may take the PC's memory or process table with it.
const MEMORY: u64 = 2 << 30;
const PROCESSES: i64 = 4096;

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
fn common_devices() -> [Device; 3] {
    [
        Device::new("/dev/fuse", 'c', 10, 229),
        Device::new("/dev/net/tun", 'c', 10, 200),
        Device::new("/dev/btrfs-control", 'c', 10, 234),
    ]
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
    // The runtime knows version 1 or 2; on a PC that mounts both, systemd's hierarchy is the one it doesn't.
    cgroup::enter_unified(&group)?;
    boot::write(&place)?;
    devnode::prepare_views(&place, disks)?;
    let spec = spec(plan, machine, &place, &group, disks)?;
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
        .as_init(&place.root)
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

fn spec(plan: &Plan, machine: &Machine, place: &MachineFolder, group: &Path, disks: &[Disk]) -> io::Result<Value> {
    let held = caps::read(None, caps::CapSet::Bounding).map_err(io::Error::other)?;
    let capabilities: Vec<String> =
        CAPABILITIES.iter().filter(|cap| held.contains(cap)).map(ToString::to_string).collect();
    let disks = disks.iter().map(|disk| Device::new(&format!("/dev/{}", disk.name), 'b', LOOP_MAJOR, disk.number));
    let devices: Vec<Device> = common_devices().into_iter().chain(disks).collect();
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
            ],
            "user": { "uid": 0, "gid": 0 },
            "noNewPrivileges": false,
            "capabilities": {
                "bounding": capabilities, "effective": capabilities,
                "permitted": capabilities, "inheritable": [],
            },
        },
        "mounts": mounts(place),
        "linux": {
            "namespaces": (["pid", "network", "ipc", "uts", "mount", "cgroup"]).map(|kind| json!({ "type": kind })),
            "cgroupsPath": Path::new("/").join(group),
            "resources": {
                "devices": allowed(&devices),
                "memory": { "limit": MEMORY },
                "pids": { "limit": PROCESSES },
            },
            "devices": devices.iter().map(node).collect::<Vec<_>>(),
            "sysctl": boot::network(plan, machine),
            "readonlyPaths": read_only()?,
            "maskedPaths": MASKED,
        },
    }))
}

fn mounts(place: &MachineFolder) -> Value {
    let mount = |at: &str, kind: &str, options: &str| json!({ "destination": at, "type": kind, "source": kind, "options": options.split(',').collect::<Vec<_>>() });
    let bind = |from: &Path, at: &str| json!({ "destination": at, "type": "bind", "source": from, "options": ["bind", "ro", "nosuid", "nodev"] });
    let mut mounts = vec![
        mount("/proc", "proc", "nosuid,noexec,nodev"),
        mount("/dev", "tmpfs", "nosuid,strictatime,mode=755,size=4m"),
        mount("/dev/pts", "devpts", "nosuid,noexec,newinstance,ptmxmode=0666,mode=0620,gid=5"),
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
