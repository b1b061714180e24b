//! The processor, from `/proc/cpuinfo` (proc(5)) and `/sys/devices/system/cpu` (kernel, admin-guide/cputopology).

use std::collections::BTreeSet;

use super::sys::Sys;
use super::{Fact, Field, Kind, shown};
use crate::msg;

pub(super) const FIELDS: &[Field] = &[
    Field { name: "model", kind: Kind::Word, doc: "the model's name as the processor gives it" },
    Field { name: "cores", kind: Kind::Int, doc: "physical cores, all sockets together" },
    Field { name: "threads", kind: Kind::Int, doc: "logical processors: what the system runs programs on" },
    Field { name: "sockets", kind: Kind::Int, doc: "processors in their sockets" },
    Field { name: "architecture", kind: Kind::Word, doc: "x86_64, aarch64…" },
    Field { name: "virtualization", kind: Kind::Bool, doc: "whether it can run virtual machines (vmx or svm)" },
    Field { name: "guest", kind: Kind::Bool, doc: "whether this PC is itself a virtual machine" },
];

pub(super) fn fact(sys: &Sys) -> Fact {
    let info = sys.text("proc/cpuinfo").unwrap_or_default();
    let missing = || msg!("probe-hardware-not-shown");
    let count = |ids: BTreeSet<_>| i64::try_from(ids.len()).ok().filter(|count| *count > 0);
    let threads = topology(sys);
    let flag = |names: &[&str]| values(&info, "flags").next().map(|flags| flags.split(' ').any(|f| names.contains(&f)));
    Fact::record([
        ("model", shown(values(&info, "model name").next(), missing)),
        ("cores", shown(count(threads.iter().map(|(package, core)| (*package, *core)).collect()), missing)),
        ("threads", shown(i64::try_from(threads.len()).ok().filter(|count| *count > 0), missing)),
        ("sockets", shown(count(threads.iter().map(|(package, _)| (*package, 0)).collect()), missing)),
        ("architecture", std::env::consts::ARCH.into()),
        ("virtualization", shown(flag(&["vmx", "svm"]), missing)),
        ("guest", shown(flag(&["hypervisor"]), missing)),
    ])
}

/// Package and core of every processor that is on: one that is off has no such files.
fn topology(sys: &Sys) -> Vec<(i64, i64)> {
    let folder = "sys/devices/system/cpu";
    let read = |name: &str, file: &str| sys.text(&format!("{folder}/{name}/topology/{file}"))?.parse().ok();
    let processors = sys.list(folder);
    let numbered = processors.iter().filter(|name| {
        name.strip_prefix("cpu").is_some_and(|rest| !rest.is_empty() && rest.bytes().all(|byte| byte.is_ascii_digit()))
    });
    numbered.filter_map(|name| Some((read(name, "physical_package_id")?, read(name, "core_id")?))).collect()
}

fn values<'a>(info: &'a str, wanted: &'a str) -> impl Iterator<Item = &'a str> {
    info.lines().filter_map(move |line| {
        let (name, value) = line.split_once(':')?;
        (name.trim() == wanted).then(|| value.trim())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cores_and_threads_are_counted_apart() {
        let folder = tempfile::tempdir().unwrap();
        let sys = Sys::new(folder.path());
        sys.write("proc/cpuinfo", b"model name\t: Intel(R) Core(TM) i5-8250U CPU @ 1.60GHz\nflags\t: fpu vmx\n");
        for (processor, core) in [(0, 0), (1, 1), (2, 0), (3, 1)] {
            let folder = format!("sys/devices/system/cpu/cpu{processor}/topology");
            sys.write(&format!("{folder}/physical_package_id"), b"0\n");
            sys.write(&format!("{folder}/core_id"), format!("{core}\n").as_bytes());
        }
        sys.write("sys/devices/system/cpu/cpufreq/boost", b"1");
        let Fact::Record(fields) = fact(&sys) else { panic!() };
        assert_eq!(fields["cores"], Fact::Int(2));
        assert_eq!(fields["threads"], Fact::Int(4));
        assert_eq!(fields["sockets"], Fact::Int(1));
        assert_eq!(fields["model"], Fact::text("Intel(R) Core(TM) i5-8250U CPU @ 1.60GHz"));
        assert_eq!((&fields["virtualization"], &fields["guest"]), (&Fact::Bool(true), &Fact::Bool(false)));
    }
}
