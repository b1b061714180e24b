//! The process that owns a stand. It lives in mount and network namespaces of its own, builds everything inside them, and
//! survives the app's end, so that an attempt does too. Killing it and the machines undoes all that the kernel holds.

mod disks;
mod layers;
mod machine;
mod packages;
mod room;
mod states;

use std::collections::VecDeque;
use std::fs;
use std::io::{self, Write as _};
use std::os::unix::fs::PermissionsExt as _;
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, Receiver, Sender};
use std::thread;
use std::time::{Duration, Instant};

use nix::sched::CloneFlags;
use rustix::mount::MountPropagationFlags;
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

pub(super) use layers::layer_names;
use machine::Slot;
pub(super) use states::START;
use states::Settling;

use super::error::{Failure, StandError, failed};
use super::folder::{Folder, MachineFolder, make_private};
use super::ids::Ids;
use super::isolation::{self, Able};
use super::journal::{self, Journal, Step};
use super::lower::Lowers;
use super::plan::{Plan, Script};
use super::process::Process;
use super::wire::{self, Reply, Request};
use super::{base, cable, cgroup, container, identity, jail, network, program, root};
use crate::i18n::Message;
use crate::lab::manifest::Isolation;
use crate::{msg, paths};

/// What wakes the keeper.
#[derive(Debug)]
enum Event {
    /// Somebody asks.
    Asked(Request, UnixStream),
    /// This PID 1 ended.
    Ended(Process),
}

/// Says each step to whoever asked; nobody may be there any more.
type Say<'a> = &'a mut dyn FnMut(Message);

/// The stand as its keeper holds it.
#[derive(Debug)]
struct Keeper {
    folder: Folder,
    plan: Plan,
    journal: Journal,
    machines: Vec<Slot>,
    events: Receiver<Event>,
    sender: Sender<Event>,
    /// Of the base the machines are made of.
    base_hash: String,
    /// Brings what was built to the PC's disk, beside the work.
    settling: Option<Settling>,
    /// The PC's network namespace: packages are fetched from there.
    outside: fs::File,
    /// None for privileged machines.
    ids: Option<Ids>,
    lowers: Lowers,
    /// Tried once, when the first disk is plugged in.
    kernel_reads_tables: Option<bool>,
    /// Came in while something else was being waited for.
    later: VecDeque<Event>,
}

/// Keeps the stand in this folder until it is killed. Tells on the standard output when it listens.
pub(crate) fn run(folder: &Path) {
    let started = begin(Folder::at(folder));
    let (keeper, reply) = match started {
        Ok(keeper) => (Some(keeper), Reply::Done),
        Err(error) => (None, Reply::Failed(Failure::from(error))),
    };
    let mut out = io::stdout();
    let _ = wire::send(&mut out, &reply).and_then(|()| out.flush());
    if let Some(mut keeper) = keeper {
        keeper.serve();
    }
}

/// Nothing of the keeper may come up behind the back of a `clean`: either that one finds it noted, or it finds no stand.
fn begin(folder: Folder) -> Result<Keeper, StandError> {
    let _turn = folder.take_turn().map_err(failed(msg!("stand-do-isolate")))?;
    super::read_plan(&folder)?;
    folder.journal().mend().map_err(failed(msg!("stand-do-write")))?;
    jail::refuse()?;
    let outside = isolate(&folder).map_err(failed(msg!("stand-do-isolate")))?;
    Keeper::new(folder, outside)
}

/// Starts one machine for the keeper whose namespaces this process has, and prints which process is its PID 1, or why there
/// is none.
pub(crate) fn launch(folder: &Path, machine: &str) -> io::Result<()> {
    let started = start_one(&Folder::at(folder), machine).map_err(Failure::from);
    wire::send(&mut io::stdout(), &started)
}

fn start_one(folder: &Folder, machine: &str) -> Result<Process, StandError> {
    let plan = super::read_plan(folder)?;
    let index = super::index_of(&plan, machine)?;
    let disks = folder.machine(machine).load_disks();
    let started = disks.and_then(|disks| container::launch(folder, &plan, index, &disks));
    started.map_err(failed(msg!("stand-do-start", machine = machine)))
}

/// Leaves the app's session, control group and namespaces. Single-threaded still. Gives the network namespace left.
fn isolate(folder: &Folder) -> io::Result<fs::File> {
    let _ = rustix::process::setsid();
    rustix::process::umask(rustix::fs::Mode::from_raw_mode(0o022));
    let (journal, group) = (folder.journal(), cgroup::of_keeper(&folder.id()));
    journal.write(&Step::Group(group.clone()))?;
    cgroup::enter_unified(&group)?;
    journal.write(&Step::Namespaces)?;
    let outside = fs::File::open("/proc/self/ns/net")?;
    nix::sched::unshare(CloneFlags::CLONE_NEWNS | CloneFlags::CLONE_NEWNET)?;
    rustix::mount::mount_change("/", MountPropagationFlags::PRIVATE | MountPropagationFlags::REC)?;
    raise_files();
    rustix::process::set_child_subreaper(Some(rustix::process::getpid()))?;
    // What is mounted by a path from here shows no path of the PC in the machine's `/proc/self/mountinfo`.
    std::env::set_current_dir(&folder.root)?;
    Ok(outside)
}

/// As many open files as systemd gives a PC's programs (systemd.exec(5), `LimitNOFILE=`), as far as this process may: a
/// machine in a user namespace can't raise its own limits.
fn raise_files() {
    let now = getrlimit(Resource::Nofile);
    let maximum = now.maximum.map(|most| most.max(524_288));
    let _ = setrlimit(Resource::Nofile, Rlimit { current: now.current, maximum });
}

impl Keeper {
    fn new(folder: Folder, outside: fs::File) -> Result<Self, StandError> {
        let plan = super::read_plan(&folder)?;
        let journal = folder.journal();
        let this = Process::this().ok_or_else(|| failed(msg!("stand-do-isolate"))(io::Error::other("no /proc")))?;
        let noted = journal.write(&Step::Keeper(this)).and_then(|()| this.save(&folder.keeper()));
        noted.map_err(failed(msg!("stand-do-write")))?;
        let (sender, events) = mpsc::channel();
        listen(&folder, sender.clone()).map_err(failed(msg!("stand-do-listen")))?;
        if let (Isolation::Default, Able::Not(why)) = (plan.isolation, isolation::here()) {
            return Err(StandError::Refused(why));
        }
        let ids = Ids::of(&folder, &plan).map_err(failed(msg!("stand-do-write")))?;
        let lowers = Lowers::new(ids, &folder.lowers()).map_err(failed(msg!("stand-do-user-namespace")))?;
        let machines = plan.machines.iter().enumerate().map(|(index, spec)| Slot::new(index, &spec.name)).collect();
        Ok(Self {
            folder,
            plan,
            journal,
            machines,
            events,
            sender,
            base_hash: String::new(),
            settling: None,
            outside,
            ids,
            lowers,
            kernel_reads_tables: None,
            later: VecDeque::new(),
        })
    }

    fn serve(&mut self) {
        let names: Vec<String> = self.machines.iter().map(|slot| slot.name.clone()).collect();
        let busy = Arc::new(AtomicBool::new(true));
        if let Err(error) = room::watch(&self.folder, &names, Arc::clone(&busy)) {
            tracing::error!(%error, "what machines write is not watched");
        }
        while let Some(event) = self.later.pop_front().or_else(|| self.next(&busy)) {
            match event {
                Event::Asked(request, stream) => self.answer(request, stream),
                Event::Ended(process) => self.ended(process),
            }
        }
    }

    /// Waits for something to do.
    fn next(&self, busy: &AtomicBool) -> Option<Event> {
        busy.store(false, Ordering::Release);
        let event = self.events.recv().ok();
        busy.store(true, Ordering::Release);
        event
    }

    fn answer(&mut self, request: Request, mut stream: UnixStream) {
        let mut told = stream.try_clone().ok();
        let mut say = |step: Message| {
            tracing::info!(step = step.key.as_ref(), "step");
            if let Some(stream) = &mut told {
                let _ = wire::send(stream, &Reply::Step(step));
            }
        };
        let result = match request {
            Request::Up => self.up(&mut say),
            Request::Resume => self.resume(&mut say),
            Request::Keep { state } => self.keep(&state),
            Request::Restore { machine, state } => self.restore(machine.as_deref(), &state, &mut say),
            Request::Pause => self.pause(&mut say),
            Request::Reboot { machine } => self.reboot(&machine),
            Request::Cable { machine, network, is_in } => {
                cable::set(&self.folder, &self.plan, &machine, &network, is_in)
            }
        };
        let told = |error: StandError| Reply::Failed(error.or_full(&paths::state()).into());
        let reply = result.map_or_else(told, |()| Reply::Done);
        let _ = wire::send(&mut stream, &reply);
    }

    fn note(&self, step: &Step) -> Result<(), StandError> {
        self.journal.write(step).map_err(failed(msg!("stand-do-write")))
    }

    fn up(&mut self, say: Say<'_>) -> Result<(), StandError> {
        self.foundations(say)?;
        let all = self.all();
        for &index in &all {
            self.prepare(index, say)?;
            self.fresh_root(index)?;
            self.plug(index)?;
        }
        self.start(&all, say)?;
        for script in self.plan.setups.clone() {
            say(msg!("stand-step-setup", machine = &script.machine, script = &script.name));
            self.note(&Step::Setup { machine: script.machine.clone(), name: script.name.clone() })?;
            self.run_script(&script)?;
        }
        self.keep(START)?;
        self.note(&Step::Ready)?;
        self.settle_beside()
    }

    /// Every machine.
    fn all(&self) -> Vec<usize> {
        (0..self.machines.len()).collect()
    }

    fn resume(&mut self, say: Say<'_>) -> Result<(), StandError> {
        let steps = self.journal.read();
        self.foundations(say)?;
        let all = self.all();
        for &index in &all {
            let name = self.machines.get(index).map_or("", |slot| slot.name.as_str());
            if let Some(state) = journal::interrupted(&steps, name) {
                self.put_back(index, state)?;
            }
            self.mount_root(index)?;
            self.plug(index)?;
        }
        self.start(&all, say)?;
        self.note(&Step::Ready)?;
        self.settle_beside()
    }

    /// What every machine stands on: the base and the switches.
    fn foundations(&mut self, say: Say<'_>) -> Result<(), StandError> {
        let base = self.base()?;
        say(msg!("stand-step-base"));
        self.note(&Step::Base(base.info.hash.clone()))?;
        self.base_hash.clone_from(&base.info.hash);
        let at = self.folder.base();
        root::mount_base(&base.file, &at).map_err(failed(msg!("stand-do-mount-base")))?;
        let served = self.lowers.serve_base(&at, &base.unpacked(), &mut || say(msg!("stand-step-unpack")));
        served.map_err(failed(msg!("stand-do-mount-base")))?;
        network::make_switches(&self.plan, &self.journal).map_err(failed(msg!("stand-do-network")))
    }

    /// The base the stand was first built from; the current one where this is the first time.
    fn base(&self) -> Result<base::Base, StandError> {
        let first = journal::base(&self.journal.read());
        first.map_or_else(base::current, |hash| base::with_hash(&hash))
    }

    fn mount_root(&mut self, index: usize) -> Result<(), StandError> {
        let Some(spec) = self.plan.machines.get(index) else { return Ok(()) };
        let place = self.folder.machine(&spec.name);
        self.note(&Step::Root { machine: spec.name.clone() })?;
        let machine = spec.name.clone();
        make_private(&place.root).map_err(failed(msg!("stand-do-write")))?;
        let layers = self.layers(index);
        let served = layers.iter().map(|layer| self.lowers.serve(layer)).collect::<io::Result<Vec<_>>>();
        let served = served.map_err(failed(msg!("stand-do-mount", machine = &machine)))?;
        root::mount(&place, &served, self.ids).map_err(failed(msg!("stand-do-mount", machine = &machine)))
    }

    /// An empty machine with its identity.
    fn fresh_root(&mut self, index: usize) -> Result<(), StandError> {
        self.mount_root(index)?;
        let Some(spec) = self.plan.machines.get(index) else { return Ok(()) };
        self.note(&Step::Identity { machine: spec.name.clone() })?;
        let place = self.folder.machine(&spec.name);
        identity::write(&place.merged(), &self.plan, spec)?;
        self.give(&place)
    }

    /// What was written from the PC's side is the machine's own.
    fn give(&self, place: &MachineFolder) -> Result<(), StandError> {
        let given = self.ids.map_or(Ok(()), |ids| ids.give(&place.upper(), &place.merged()));
        given.map_err(failed(msg!("stand-do-write")))
    }

    fn reboot(&mut self, machine: &str) -> Result<(), StandError> {
        let index = self.index(machine)?;
        self.stop(index, Some(Duration::from_secs(15)))?;
        self.start(&[index], &mut |_| ())
    }

    fn index(&self, machine: &str) -> Result<usize, StandError> {
        super::index_of(&self.plan, machine)
    }

    /// A machine ended by itself: somebody restarted or switched it off inside. It comes back on the same disk.
    fn ended(&mut self, process: Process) {
        let Some(index) = self.machines.iter().position(|slot| slot.process == Some(process)) else { return };
        let Some(slot) = self.machines.get_mut(index) else { return };
        slot.process = None;
        slot.restarts.retain(|when| when.elapsed() < Duration::from_mins(1));
        if slot.restarts.len() >= 5 {
            tracing::error!(machine = slot.name, "ends again and again: left off");
            return;
        }
        slot.restarts.push(Instant::now());
        if let Err(error) = self.clear(index).and_then(|()| self.start(&[index], &mut |_| ())) {
            tracing::error!(%error, "a machine did not come back");
        }
    }

    /// Runs a setup script in its machine.
    fn run_script(&self, script: &Script) -> Result<(), StandError> {
        let process = self.machines.get(self.index(&script.machine)?).and_then(|slot| slot.process);
        let pid = process.map(|process| process.pid).unwrap_or_default();
        let mut command = super::enter_command(&program(), pid);
        command.args(["sh", "-eu"]);
        let output = super::run_with_input(command, script.body.as_bytes())?;
        if output.status == 0 {
            return Ok(());
        }
        let last = String::from_utf8_lossy(if output.stderr.is_empty() { &output.stdout } else { &output.stderr });
        let last: Vec<&str> = last.lines().rev().take(6).collect();
        let last = last.into_iter().rev().collect::<Vec<_>>().join("\n    ");
        Err(StandError::Refused(msg!(
            "stand-setup-failed",
            machine = &script.machine,
            script = &script.name,
            status = output.status,
            last = last
        )))
    }
}

/// Takes requests of this user only, each on a connection of its own.
fn listen(folder: &Folder, events: Sender<Event>) -> io::Result<()> {
    let path = folder.socket();
    let _ = fs::remove_file(&path);
    let listener = UnixListener::bind(&path)?;
    fs::set_permissions(&path, fs::Permissions::from_mode(0o600))?;
    let own = rustix::process::geteuid();
    thread::Builder::new().name("listen".to_owned()).spawn(move || {
        for stream in listener.incoming().flatten() {
            let peer = rustix::net::sockopt::socket_peercred(&stream);
            if !peer.is_ok_and(|peer| peer.uid == own) {
                continue;
            }
            if let Ok(request) = wire::receive(&stream)
                && events.send(Event::Asked(request, stream)).is_err()
            {
                return;
            }
        }
    })?;
    Ok(())
}
