//! The shared stand, and tables of (state, how it is made → verdict).

use std::sync::{Arc, Mutex, PoisonError};
use std::thread::sleep;
use std::time::{Duration, Instant};

use libtest_mimic::{Failed, Trial};
use paillasse::agent::Agent;
use paillasse::i18n::Lang;
use paillasse::lab::manifest::Isolation;
use paillasse::lab::read_suite;
use paillasse::probe::Cost;
use paillasse::stand::{Disk, Link, Machine, Network, Plan, Stand};
use paillasse::verdict::{Observations, Stage, Status, Verdict};

/// How long a right state may take to be reached after its script returned (a service that is starting).
const PATIENCE: Duration = Duration::from_secs(20);
const TIMEOUT: Duration = Duration::from_secs(15);

/// One family's truth table.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Table {
    /// Its name in a lab. A second table of one family: `user/expired`.
    pub(crate) family: &'static str,
    /// The criterion that every row is judged by, without its id (`probe = …`, `expect = …`), unless the row has another.
    pub(crate) criterion: &'static str,
    /// Undoes whatever a row made: `sh -u` in `pc`, its status ignored.
    pub(crate) reset: &'static str,
    /// The states.
    pub(crate) rows: &'static [Row],
}

/// One state.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Row {
    name: &'static str,
    make: &'static str,
    peer: &'static str,
    criterion: Option<&'static str>,
    status: Status,
}

impl Row {
    const fn new(name: &'static str, make: &'static str, status: Status) -> Self {
        Self { name, make, peer: "", criterion: None, status }
    }

    /// The same, judged by a criterion of its own.
    pub(crate) const fn judged_by(self, criterion: &'static str) -> Self {
        Self { criterion: Some(criterion), ..self }
    }

    /// The same, with a script for `peer`, run before that of `pc`.
    #[allow(dead_code, reason = "for the tables of the network")]
    pub(crate) const fn with_peer(self, script: &'static str) -> Self {
        Self { peer: script, ..self }
    }
}

/// A right state, made by this script (`sh -eu` in `pc`).
pub(crate) const fn right(name: &'static str, make: &'static str) -> Row {
    Row::new(name, make, Status::Pass)
}

/// A near miss.
pub(crate) const fn wrong(name: &'static str, make: &'static str) -> Row {
    Row::new(name, make, Status::Fail)
}

/// A state in which nothing can be told.
pub(crate) const fn unknown(name: &'static str, make: &'static str) -> Row {
    Row::new(name, make, Status::Unknown)
}

/// The stand that all tables share, built when the first needs it.
#[derive(Debug, Default, Clone)]
pub(crate) struct Bench(Arc<Mutex<Option<Machines>>>);

#[derive(Debug)]
struct Machines {
    stand: Stand,
    agent: Agent,
    /// PID 1 that the agent was made for.
    boot: Option<i32>,
}

impl Bench {
    /// The trial of a table.
    pub(crate) fn table(&self, table: Table) -> Trial {
        let bench = self.clone();
        let count = |status| table.rows.iter().filter(|row| row.status == status).count();
        let is_whole = table.family.contains('/') || (count(Status::Pass) >= 3 && count(Status::Fail) >= 3);
        assert!(is_whole, "{}: three right states and three near misses at least", table.family);
        Trial::test(format!("table {}", table.family), move || bench.with(|machines| machines.run(&table)))
    }

    /// Ends the stand, if there is one.
    pub(crate) fn down(self) {
        if let Some(machines) = self.0.lock().unwrap_or_else(PoisonError::into_inner).take() {
            machines.stand.down(&mut |_| ()).expect("the stand goes");
        }
    }

    /// One table at a time: they share the machines.
    fn with(&self, run: impl FnOnce(&mut Machines) -> Result<(), Failed>) -> Result<(), Failed> {
        let mut slot = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if slot.is_none() {
            let stand = Stand::up(&plan(), &mut |_| ()).map_err(|error| error.words(Lang::En))?;
            let agent = Agent::start(stand.agent("pc"));
            *slot = Some(Machines { boot: None, agent, stand });
        }
        run(slot.as_mut().expect("just built"))
    }
}

/// The family that a trial's name is about.
pub(crate) fn family_of(trial: &str) -> Option<&str> {
    trial.strip_prefix("table ")?.split('/').next()
}

impl Machines {
    fn run(&mut self, table: &Table) -> Result<(), Failed> {
        let mut faults = String::new();
        for row in table.rows {
            let told = self.sh("pc", "-u", table.reset).and_then(|_| self.judge(table, row));
            if let Err(fault) = told {
                faults.extend(["\n", table.family, " / ", row.name, ": ", &fault]);
            }
        }
        self.sh("pc", "-u", table.reset)?;
        if faults.is_empty() { Ok(()) } else { Err(faults.into()) }
    }

    fn judge(&mut self, table: &Table, row: &Row) -> Result<(), String> {
        for (machine, script) in [("peer", row.peer), ("pc", row.make)] {
            let (status, said) = self.sh(machine, "-eu", script)?;
            if status != 0 {
                return Err(format!("could not be made ({status}): {said}"));
            }
        }
        let end = Instant::now() + PATIENCE;
        loop {
            let verdict = self.look(row.criterion.unwrap_or(table.criterion))?;
            if verdict.status == row.status {
                return Ok(());
            }
            if row.status != Status::Pass || Instant::now() >= end {
                return Err(format!("{:?} instead of {:?}{}", verdict.status, row.status, in_words(&verdict)));
            }
            sleep(Duration::from_millis(100));
        }
    }

    fn look(&mut self, criterion: &str) -> Result<Verdict, String> {
        self.renew_agent();
        let source = format!("[[criterion]]\nid = \"row\"\n{criterion}");
        let (_, suite) = read_suite("table", &source).map_err(|problems| format!("{problems:?}"))?;
        let mut seen = Observations::default();
        for (machine, probes) in suite.requests(Stage::Now, Cost::Active) {
            let observed = self.agent.observe(&probes, TIMEOUT).map_err(|error| error.to_string())?;
            seen.put(Stage::Now, &machine, &probes, observed);
        }
        Ok(suite.judge(&seen, &std::collections::BTreeMap::new()).remove(0))
    }

    /// Another PID 1 is another boot, with other namespaces.
    fn renew_agent(&mut self) {
        let machines = self.stand.machines().unwrap_or_default();
        let boot = machines.into_iter().find(|machine| machine.name == "pc").and_then(|machine| machine.pid);
        if boot != self.boot {
            self.boot = boot;
            self.agent = Agent::start(self.stand.agent("pc"));
        }
    }

    /// Runs a script in a machine: its status and what it said.
    fn sh(&self, machine: &str, options: &str, script: &str) -> Result<(i32, String), String> {
        if script.is_empty() {
            return Ok((0, String::new()));
        }
        let argv = ["sh", options, "-c", script].map(str::to_owned);
        let ran = self.stand.exec(machine, &argv, &[]).map_err(|error| error.words(Lang::En))?;
        Ok((ran.status, String::from_utf8_lossy(&[ran.stdout, ran.stderr].concat()).into_owned()))
    }
}

fn in_words(verdict: &Verdict) -> String {
    let said = verdict.findings.iter().map(|finding| {
        let [expected, found, source] =
            [&finding.expected, &finding.found, &finding.source].map(|message| Lang::En.say(message));
        format!("\n    {}: {expected} expected, {found} found ({source})", finding.field)
    });
    said.collect()
}

fn plan() -> Plan {
    let machine = |name: &str, last: u8| Machine {
        name: name.into(),
        user: "root".into(),
        shell: true,
        links: vec![Link {
            network: "lan".into(),
            addresses: vec![([10, 77, 0, last].into(), 24)],
            mac: [2, 0, 0, 0x77, 0, last],
            ..Link::default()
        }],
        ..Machine::default()
    };
    let disk = |name: &str| Disk { machine: "pc".into(), name: name.into(), size: 2 << 30 };
    Plan {
        lab: "truth".into(),
        seed: 1,
        // It has disks.
        isolation: Isolation::Privileged,
        machines: vec![machine("pc", 1), machine("peer", 2)],
        networks: vec![Network { name: "lan".into(), ..Network::default() }],
        disks: vec![disk("sdb"), disk("sdc")],
        setups: Vec::new(),
    }
}

/// Plain tests as trials: `plain![a_test, another]`.
macro_rules! plain {
    ($($test:ident),* $(,)?) => {
        vec![$(libtest_mimic::Trial::test(concat!(module_path!(), "::", stringify!($test)), || {
            $test();
            Ok(())
        })),*]
    };
}
pub(crate) use plain;
