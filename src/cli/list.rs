//! `paillasse list` and `paillasse show`

use std::fmt::Write as _;

use serde_json::json;

use super::{Context, Outcome, complain, print};
use crate::i18n::{Lang, Message};
use crate::lab::manifest::{After, Criterion, Driver, Isolation, Manifest, StandSpec, Ticket};
use crate::lab::{Catalogue, Variant};
use crate::stand::remote::Remote;
use crate::{doctor, msg, paths, referential, stand, units};

/// The labs at hand, competence by competence. Broken ones are counted, never in the way.
pub(super) fn run(context: &Context, json: bool) -> Outcome {
    let catalogue = Catalogue::load(&context.lab_folders());
    if json {
        let labs: Vec<_> = catalogue.labs.values().map(|lab| as_json(&lab.manifest)).collect();
        print(&format!("{:#}", json!({ "labs": labs, "problems": catalogue.problems.len() })));
    } else {
        print(table(context.lang, &catalogue).trim_end());
    }
    if !catalogue.problems.is_empty() {
        complain(&context.lang.say(&msg!("lab-list-problems", count = catalogue.problems.len())));
    }
    Outcome::Met
}

fn as_json(manifest: &Manifest) -> serde_json::Value {
    json!({
        "id": manifest.id,
        "title": manifest.title,
        "competence": manifest.competence,
        "level": manifest.level,
        "duration": manifest.duration,
        "driver": manifest.stand.driver,
        "isolation": isolation(&manifest.stand),
        "runnable": obstacle(&manifest.stand).is_none(),
    })
}

/// How closed a lab's machines are; none where it has no machines.
fn isolation(stand: &StandSpec) -> Option<Isolation> {
    (stand.driver == Driver::Container).then_some(stand.isolation)
}

/// What keeps a lab with this stand from running on this PC, as far as can be told without trying.
fn obstacle(spec: &StandSpec) -> Option<Message> {
    match spec.driver {
        Driver::Here => None,
        Driver::Ssh => {
            let names = spec.machines.iter().map(|machine| machine.name.as_str());
            Remote::open(names).err().map(|error| error.message())
        }
        Driver::Container if !paths::is_root() => Some(msg!("lab-needs-root")),
        Driver::Container if stand::base::current().is_err() => Some(msg!("lab-needs-base")),
        Driver::Container => doctor::lacks(spec.kernel_parts()).into_iter().next(),
    }
}

fn table(lang: Lang, catalogue: &Catalogue) -> String {
    let mut text = String::new();
    let competences = referential::get().current().map_or(&[][..], |edition| &edition.competences);
    for competence in competences {
        let labs: Vec<_> = catalogue.labs.values().filter(|lab| lab.manifest.competence == competence.id).collect();
        if labs.is_empty() {
            continue;
        }
        let _ = writeln!(text, "{}  {}", competence.id, competence.title);
        for lab in labs {
            let _ = writeln!(text, "  {}", row(lang, &lab.manifest));
        }
        text.push('\n');
    }
    text
}

fn row(lang: Lang, manifest: &Manifest) -> String {
    let obstacle = obstacle(&manifest.stand).map(|why| format!("  ({})", lang.say(&why))).unwrap_or_default();
    let level = lang.say(&level(manifest.level));
    format!(
        "{:<22} {:<13} {:>10}  {}{obstacle}",
        manifest.id,
        level,
        duration(lang, &manifest.duration),
        manifest.title.get(lang)
    )
}

fn level(level: u8) -> Message {
    match level {
        1 => msg!("lab-level-1"),
        2 => msg!("lab-level-2"),
        _ => msg!("lab-level-3"),
    }
}

fn duration(lang: Lang, text: &str) -> String {
    units::parse_duration(text).map_or_else(|_| text.to_owned(), |seconds| lang.say(&units::duration_words(seconds)))
}

/// One lab: ticket, work order, criteria, and what it makes on this PC.
pub(super) fn show(context: &Context, lab: &str, seed: u64, json: bool) -> Outcome {
    let lang = context.lang;
    let catalogue = Catalogue::load(&context.lab_folders());
    let variant = catalogue.find(lab).and_then(|lab| lab.variant(seed));
    match variant {
        Ok(variant) => {
            if json {
                print(&format!("{:#}", page_as_json(&variant)));
            } else {
                print(page(lang, &variant).trim_end());
            }
            Outcome::Met
        }
        Err(problem) => {
            complain(&format!("{:?}", problem.report(lang)));
            Outcome::CouldNotRun
        }
    }
}

fn page_as_json(variant: &Variant) -> serde_json::Value {
    let manifest = &variant.manifest;
    let mut page = as_json(manifest);
    page["seed"] = json!(variant.seed);
    page["points"] = json!(total(manifest));
    page["machines"] = manifest.stand.machines.iter().map(|machine| json!(machine.name)).collect();
    page["networks"] = manifest.stand.networks.iter().map(|network| json!(network.name)).collect();
    page["disks"] = manifest.stand.disks.iter().map(|disk| json!(disk)).collect();
    page
}

/// A guard earns nothing: it costs when lost.
fn total(manifest: &Manifest) -> u32 {
    let earning = manifest.criteria.iter().filter(|criterion| !criterion.guard).map(|criterion| criterion.points);
    earning.chain(manifest.questions.iter().map(|question| question.points)).sum()
}

fn page(lang: Lang, variant: &Variant) -> String {
    let manifest = &variant.manifest;
    let competence = referential::get().competence(&manifest.competence).map_or("", |found| found.title.as_str());
    let mut text = format!("{}  ({})\n{}  {competence}\n", manifest.title.get(lang), manifest.id, manifest.competence);
    let facts = msg!(
        "lab-show-facts",
        level = level(manifest.level),
        duration = duration(lang, &manifest.duration),
        points = total(manifest),
        seed = variant.seed.to_string()
    );
    let _ = writeln!(text, "{}", lang.say(&facts));
    section(&mut text, lang, "lab-show-ticket", &ticket(lang, &manifest.ticket));
    section(&mut text, lang, "lab-show-order", variant.brief.get(lang));
    section(&mut text, lang, "lab-show-criteria", &lines(&manifest.criteria, |c| criterion(lang, c)));
    section(
        &mut text,
        lang,
        "lab-show-questions",
        &lines(&manifest.questions, |question| {
            format!("{}  {}", points(lang, question.points), question.ask.get(lang))
        }),
    );
    section(&mut text, lang, "lab-show-made", &made(lang, &manifest.stand));
    text
}

fn section(text: &mut String, lang: Lang, title: &str, body: &str) {
    if !body.trim().is_empty() {
        let _ = write!(text, "\n{}\n{}\n", lang.tr(title), body.trim_end());
    }
}

fn lines<T>(items: &[T], line: impl Fn(&T) -> String) -> String {
    items.iter().fold(String::new(), |text, item| text + "  " + &line(item) + "\n")
}

fn ticket(lang: Lang, ticket: &Ticket) -> String {
    let from = msg!("lab-show-from", name = &ticket.from.name, role = ticket.from.role.get(lang));
    let channel = Message::new(match ticket.channel {
        crate::lab::manifest::Channel::Phone => "lab-channel-phone",
        crate::lab::manifest::Channel::Mail => "lab-channel-mail",
        crate::lab::manifest::Channel::Portal => "lab-channel-portal",
        crate::lab::manifest::Channel::Visit => "lab-channel-visit",
        crate::lab::manifest::Channel::Alert => "lab-channel-alert",
    });
    let mut text = format!("{} ({})\n{}\n", lang.say(&from), lang.say(&channel), ticket.text.get(lang).trim_end());
    if let Some(sla) = &ticket.sla {
        let sla = msg!("lab-show-sla", respond = duration(lang, &sla.respond), resolve = duration(lang, &sla.resolve));
        text.push_str(&lang.say(&sla));
    }
    text
}

fn points(lang: Lang, points: u32) -> String {
    format!("{:>7}", lang.say(&msg!("status-points", points = points)))
}

fn criterion(lang: Lang, criterion: &Criterion) -> String {
    let mut notes = Vec::new();
    if criterion.guard {
        notes.push(msg!("lab-show-guard"));
    }
    match &criterion.after {
        After::Now => {}
        After::Reboot => notes.push(msg!("lab-show-after-reboot")),
        After::Restart(unit) => notes.push(msg!("lab-show-after-restart", unit = unit)),
    }
    let notes = notes.iter().fold(String::new(), |text, note| text + " [" + &lang.say(note) + "]");
    format!("{}  {}{notes}", points(lang, criterion.points), criterion.title.get(lang))
}

/// What the lab makes on this PC.
fn made(lang: Lang, spec: &StandSpec) -> String {
    match spec.driver {
        Driver::Here => return lang.tr("lab-show-here"),
        Driver::Ssh => {
            let machines = msg!("ui-count-machines", n = spec.machines.len());
            let told = lang.say(&msg!("ui-start-ssh", machines = machines));
            return obstacle(spec).map_or(told.clone(), |why| format!("{told}\n{}", lang.say(&why)));
        }
        Driver::Container => {}
    }
    let mut facts = vec![msg!(
        "lab-show-machines",
        count = spec.machines.len(),
        names = names(spec.machines.iter().map(|machine| &machine.name))
    )];
    if !spec.networks.is_empty() {
        facts.push(msg!(
            "lab-show-networks",
            count = spec.networks.len(),
            names = names(spec.networks.iter().map(|network| &network.name))
        ));
    }
    for disk in &spec.disks {
        let size =
            units::parse_size(&disk.size).map_or_else(|_| disk.size.clone(), |size| units::format_size(size, lang));
        facts.push(msg!("lab-show-disk", machine = &disk.machine, name = &disk.name, size = size));
    }
    if spec.isolation == Isolation::Privileged {
        facts.push(msg!("lab-show-privileged"));
    }
    facts.push(msg!("lab-show-pc-untouched"));
    lines(&facts, |fact| lang.say(fact))
}

fn names<'a>(names: impl Iterator<Item = &'a String>) -> String {
    names.map(String::as_str).collect::<Vec<_>>().join(", ")
}
