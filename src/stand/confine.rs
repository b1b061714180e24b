//! What a machine's processes may do, those that enter from outside as well: capabilities (`capabilities(7)`).

use std::io;

use caps::{CapSet, Capability};

use crate::lab::manifest::Isolation;

/// What root in a machine may do, as far as this process holds it (a container of CI may hold less).
///
/// Left out: `SYS_MODULE`, `SYS_BOOT`, `SYS_RAWIO`, `SYS_TIME`, `SYSLOG`, `MAC_*`, `BPF`, `PERFMON`, `MKNOD`, `WAKE_ALARM`,
/// `BLOCK_SUSPEND`, `SYS_PACCT`, `CHECKPOINT_RESTORE`, `AUDIT_CONTROL`, `AUDIT_READ`.
const CAPABILITIES: [caps::Capability; 25] = {
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

/// Those that act on the whole PC, and so do nothing in a user namespace but be looked for.
const OF_THE_PC: [Capability; 2] = [Capability::CAP_LINUX_IMMUTABLE, Capability::CAP_SYS_RESOURCE];

/// What a machine of this level may do.
pub(super) fn capabilities(isolation: Isolation) -> io::Result<Vec<Capability>> {
    let held = caps::read(None, CapSet::Bounding).map_err(io::Error::other)?;
    let kept = CAPABILITIES.into_iter().filter(|cap| held.contains(cap));
    Ok(kept.filter(|cap| isolation == Isolation::Privileged || !OF_THE_PC.contains(cap)).collect())
}

/// Keeps only the capabilities of this level, for good.
pub(super) fn apply(isolation: Isolation) -> io::Result<()> {
    let allowed = capabilities(isolation)?;
    let held = caps::read(None, CapSet::Bounding).map_err(io::Error::other)?;
    for cap in held.iter().filter(|cap| !allowed.contains(cap)) {
        caps::drop(None, CapSet::Bounding, *cap).map_err(io::Error::other)?;
    }
    let now = caps::read(None, CapSet::Permitted).map_err(io::Error::other)?;
    let kept = now.into_iter().filter(|cap| allowed.contains(cap)).collect();
    caps::clear(None, CapSet::Inheritable).map_err(io::Error::other)?;
    caps::set(None, CapSet::Effective, &kept).map_err(io::Error::other)?;
    caps::set(None, CapSet::Permitted, &kept).map_err(io::Error::other)
}
