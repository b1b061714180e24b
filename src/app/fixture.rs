//! A lab, its attempt and a state on each screen, for the tests of the app and of its screens.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use jiff::civil::{Date, date};

use super::action::Action;
use super::model::{Card, Competence, LabPage, Shelf, Standing};
use super::state::State;
use super::update::update;
use crate::i18n::{Lang, Message};
use crate::lab::{Text, Variant};
use crate::session::desk::Desk;
use crate::session::review::Review;
use crate::session::{Debrief, Lost, Moment, Phase, Turn, View};
use crate::verdict::{Finding, Status, Verdict};

const LAB: &str = r#"
format = 1
id = "partage"
title = { fr = "Ouvrir un partage aux comptables", en = "Open a share for the accountants" }
competence = "2023-07"
skills = []
level = 2
duration = "40min"
read = ["smb.conf(5)", "RFC 1001"]

[ticket]
from = { name = "Nadia Le Goff", role = { fr = "comptable", en = "accountant" } }
channel = "phone"
text = { fr = "Bonjour, je n'ouvre plus le dossier partagé : « accès refusé ».", en = "Hello, I can't open the shared folder: “access denied”." }
sla = { respond = "30min", resolve = "4h" }

[stand]
isolation = "privileged"
[[stand.machine]]
name = "srv"
role = { fr = "serveur de fichiers", en = "file server" }
shell = true
[[stand.machine]]
name = "poste"
role = { fr = "poste de Nadia", en = "Nadia's PC" }
shell = true
[[stand.network]]
name = "lan"
attach = { srv = "10.84.12.1/24", poste = "unconfigured" }
[[stand.disk]]
machine = "srv"
name = "sdb"
size = "8GiB"

[[criterion]]
id = "service"
title = { fr = "Le service écoute sur le réseau", en = "The service listens on the network" }
points = 2
probe = { file = { path = "/etc/hosts" } }
expect = { kind = "file" }
[[criterion]]
id = "offer"
title = { fr = "Une adresse de la plage demandée est proposée au poste", en = "The PC is offered an address of the range" }
points = 4
probe = { file = { path = "/etc/hosts" } }
expect = { kind = "file" }
look = { fr = "Le journal du service", en = "The service's journal" }
[[criterion]]
id = "survives"
title = { fr = "Le service revient après un redémarrage", en = "The service comes back after a restart" }
points = 2
after = "reboot"
needs = ["offer"]
probe = { file = { path = "/etc/hosts" } }
expect = { kind = "file" }
[[criterion]]
id = "printers"
title = { fr = "Les imprimantes gardent leur adresse", en = "Printers keep their address" }
points = 1
guard = true
probe = { file = { path = "/etc/hosts" } }
expect = { kind = "file" }
[[criterion]]
id = "firewall"
title = { fr = "Le pare-feu reste actif", en = "The firewall stays on" }
points = 1
probe = { file = { path = "/etc/hosts" } }
expect = { kind = "file" }

[[question]]
id = "mac"
ask = { fr = "Quelle est l'adresse MAC du poste ?", en = "What is the PC's MAC address?" }
answer = { probe = { file = { path = "/etc/hosts" } }, field = "kind" }

[[hint]]
cost = 1
text = { fr = "Sur quelle interface le service écoute-t-il ?", en = "On which interface does the service listen?" }

[[observe]]
skill = "2018-05-s04"
text = { fr = "Reformule la demande avant d'agir.", en = "Rephrases the request before acting." }

[qualify]
kind = "request"
impact = "medium"
urgency = "low"
category = "storage"

[report]
require = ["actions", "answer"]
facts = [{ label = { fr = "le nom du partage", en = "the share's name" }, any = ["compta"] }]

[[solution]]
name = "samba"
run = { srv = "proof/samba.sh" }
note = { fr = "Le groupe reçoit le droit d'écrire.", en = "The group gets the right to write." }
"#;

const WAY: &str = "# The group of the accountants owns the folder.\nchgrp compta /srv/compta\nchmod 2770 /srv/compta\n";

const BRIEF: &str = "# Bon de travail\n\nLe serveur `srv` est en place. **Ouvrez** le partage :\n\n\
                     - au groupe des comptables ;\n- en écriture.\n\n| Élément | Valeur |\n|---|---|\n| Réseau | 10.84.12.0/24 |\n";

pub(crate) fn variant() -> Arc<Variant> {
    let manifest = toml::from_str(LAB).expect("the fixture reads");
    let brief = Text { fr: BRIEF.to_owned(), en: BRIEF.replace("Bon de travail", "Work order") };
    Arc::new(Variant {
        seed: 7,
        manifest,
        brief,
        scripts: BTreeMap::from([("proof/samba.sh".to_owned(), WAY.to_owned())]),
    })
}

/// The nine competences and three labs.
pub(crate) fn shelf() -> Shelf {
    let competence = |number: u8| Competence {
        id: format!("2023-0{number}"),
        number,
        activity: (number - 1) / 3 + 1,
        title: format!("Intitulé officiel de la compétence numéro {number}"),
    };
    let card = |id: &str, competence: &str, level, standing| Card {
        id: id.to_owned(),
        title: Text { fr: format!("Travail {id}"), en: format!("Lab {id}") },
        competence: competence.to_owned(),
        level,
        duration: "40min".to_owned(),
        standing,
    };
    Shelf {
        is_ready: true,
        today: date(2026, 3, 9),
        competences: (1..=9).map(competence).collect(),
        labs: vec![
            card("disque-plein", "2023-03", 1, passed((18, 20), date(2026, 3, 12))),
            card("dhcp", "2023-07", 2, Standing::default()),
            card("partage", "2023-07", 2, under_way(4, 760)),
        ],
        problems: 0,
    }
}

fn passed(best: (u32, u32), due: Date) -> Standing {
    Standing { best: Some(best), review: Review::Passed { due }, ..Standing::default() }
}

fn under_way(attempt: i64, seconds: u64) -> Standing {
    Standing { under_way: Some((attempt, Duration::from_secs(seconds))), ..Standing::default() }
}

pub(crate) fn page() -> LabPage {
    LabPage { variant: variant(), standing: Standing::default(), missing: Vec::new() }
}

/// An attempt in which every status is seen once.
pub(crate) fn view() -> View {
    let text = |words: &str| Message::new("verdict-plain").with("value", words);
    let finding = |expected: &str, found: &str, status| Finding {
        field: "offer.address".to_owned(),
        expected: text(expected),
        found: text(found),
        source: text("échange DHCP depuis poste"),
        status,
    };
    let verdict = |id: &str, status, points| Verdict {
        id: id.to_owned(),
        status,
        points,
        findings: vec![finding("10.84.12.100 à .150", "10.84.12.50 (bail 2 h)", status)],
        waits_for: Vec::new(),
        guard: false,
        note: None,
    };
    let mut survives = verdict("survives", Status::Waiting, 2);
    survives.waits_for = vec!["offer".to_owned()];
    survives.findings.clear();
    View {
        attempt: 4,
        variant: variant(),
        phase: Phase::Working,
        elapsed: Duration::from_secs(947),
        verdicts: vec![
            verdict("service", Status::Pass, 2),
            verdict("offer", Status::Fail, 4),
            survives,
            verdict("printers", Status::Fail, 1),
            verdict("firewall", Status::Unknown, 1),
        ],
        lost: vec![Lost { criterion: "printers".to_owned(), met: None, lost: Duration::from_secs(651) }],
        hints: Vec::new(),
        next_hint: Some(0),
        answers: BTreeMap::new(),
        desk: Desk::default(),
        earned: 2,
        total: 11,
        left_out: Vec::new(),
    }
}

pub(crate) fn debrief() -> Debrief {
    let moment = |seconds, turn| Moment { work: Duration::from_secs(seconds), turn };
    Debrief {
        view: View { phase: Phase::Finished, ..view() },
        timeline: vec![moment(312, Turn::Met("service".to_owned())), moment(651, Turn::Lost("printers".to_owned()))],
        right_answers: BTreeMap::new(),
        left_behind: None,
    }
}

/// The state after these, in French.
pub(crate) fn after(actions: impl IntoIterator<Item = Action>) -> State {
    let mut state = State::new(Lang::Fr);
    update(&mut state, Action::Shelf(Box::new(shelf())));
    for action in actions {
        update(&mut state, action);
    }
    state
}

pub(crate) fn on_map() -> State {
    after([])
}

pub(crate) fn on_page() -> State {
    after([Action::Page(Box::new(page()))])
}

pub(crate) fn at_work() -> State {
    after([Action::Working(Arc::new(view()))])
}
