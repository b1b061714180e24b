//! A backup repository of restic or borg, by what can be got back from it. The password stays in its file: it is neither an
//! argument nor told.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;
use std::time::{Duration, Instant};

use super::run::{Call, OUTPUT_LIMIT, Ran};
use super::{About, Cost, Fact, Field, Kind, Machine, Need, Observation, digest};
use crate::i18n::Message;
use crate::msg;

/// What a lab writes: `backup = { tool = "restic", repository = "/srv/backup", password-file = "/root/.pw", member = "/etc/hosts" }`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Args {
    /// What made it.
    pub tool: Tool,
    /// Where it is, as the tool takes it.
    pub repository: String,
    /// A file of the machine with the password; none for a borg repository without encryption.
    #[serde(default, rename = "password-file")]
    pub password_file: Option<String>,
    /// A file that the last backup should hold, by its absolute path.
    #[serde(default)]
    pub member: Option<String>,
}

/// A backup program.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Tool {
    /// <https://restic.readthedocs.io>
    Restic,
    /// <https://borgbackup.readthedocs.io>
    Borg,
}

pub(super) const ABOUT: About = About::new(Cost::Active, FIELDS)
    .paths(&["password-file"])
    .needs(&[Need::Tool("restic or borg"), Need::Root("for a repository of root's")]);

const FIELDS: &[Field] = &[
    Field { name: "opens", kind: Kind::Bool, doc: "whether it opens with that password" },
    Field { name: "error", kind: Kind::Text, doc: "what the tool complains about, where it does not" },
    Field { name: "count", kind: Kind::Int, doc: "how many backups (snapshots, archives) it holds" },
    Field { name: "last", kind: Kind::Time, doc: "when the last was made" },
    Field { name: "found", kind: Kind::Bool, doc: "whether `member` can be got back from the last one, whole" },
    Field {
        name: "member-hash",
        kind: Kind::Word,
        doc: "SHA-256 of what was got back, as sha256sum(1) writes it; of up to 1 MiB",
    },
];

/// What all commands of one tool share.
struct Repository<'a> {
    args: &'a Args,
    env: Vec<(&'static str, String)>,
    deadline: Instant,
}

pub(super) fn observe(args: &Args, machine: &Machine) -> Observation {
    let source = msg!("probe-source-backup", repository = &args.repository);
    match look(args, machine) {
        Ok(fact) => Observation::seen(fact, source),
        Err(reason) => Observation::unknown(reason, source),
    }
}

fn look(args: &Args, machine: &Machine) -> Result<Fact, Message> {
    let repository = Repository::of(args, machine.timeout());
    let listed = match args.tool {
        Tool::Restic => repository.run(&["restic", "--no-lock", "--no-cache", "snapshots", "--json"])?,
        Tool::Borg => repository.run(&["borg", "list", "--bypass-lock", "--json"])?,
    };
    if listed.exit != 0 {
        return Ok(Fact::record([("opens", false.into()), ("error", listed.complaint().into())]));
    }
    let backups = match args.tool {
        Tool::Restic => snapshots(&listed.text()),
        Tool::Borg => archives(&listed.text()),
    };
    let backups = backups.ok_or_else(|| msg!("probe-too-large", subject = &args.repository))?;
    let last = backups.iter().max_by_key(|backup| backup.time);
    let (found, hash) = match (&args.member, last) {
        (None, _) => (Fact::None, Fact::None),
        (Some(_), None) => (false.into(), Fact::None),
        (Some(member), Some(last)) => repository.member(last, member)?,
    };
    Ok(Fact::record([
        ("opens", true.into()),
        ("count", Fact::whole(backups.len())),
        ("last", last.map_or(Fact::None, |last| Fact::Time(last.time))),
        ("found", found),
        ("member-hash", hash),
    ]))
}

impl<'a> Repository<'a> {
    fn of(args: &'a Args, timeout: Duration) -> Self {
        let mut env = Vec::new();
        let password = args.password_file.clone();
        match args.tool {
            Tool::Restic => {
                env.push(("RESTIC_REPOSITORY", args.repository.clone()));
                env.extend(password.map(|file| ("RESTIC_PASSWORD_FILE", file)));
            }
            Tool::Borg => {
                env.push(("BORG_REPO", args.repository.clone()));
                // Split as a shell would, run without one: a quote in the name is kept a quote.
                env.extend(password.map(|file| ("BORG_PASSCOMMAND", format!("cat '{}'", file.replace('\'', "'\\''")))));
                env.push(("BORG_UNKNOWN_UNENCRYPTED_REPO_ACCESS_IS_OK", "yes".to_owned()));
                env.push(("BORG_RELOCATED_REPO_ACCESS_IS_OK", "yes".to_owned()));
            }
        }
        Self { args, env, deadline: Instant::now() + timeout }
    }

    fn run(&self, argv: &[&str]) -> Result<Ran, Message> {
        let env: Vec<(&str, &str)> = self.env.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let call = Call { argv, env: &env, ..Call::default() };
        call.run(self.deadline.saturating_duration_since(Instant::now()))
    }

    /// Whether a file comes back, and its sum.
    fn member(&self, last: &Backup, member: &str) -> Result<(Fact, Fact), Message> {
        let ran = match self.args.tool {
            Tool::Restic => self.run(&["restic", "--no-lock", "--no-cache", "dump", &last.id, member])?,
            Tool::Borg => {
                let archive = format!("::{}", last.id);
                let path = member.trim_start_matches('/');
                let listed = self.run(&["borg", "list", "--bypass-lock", "--short", &archive, path])?;
                if listed.exit != 0 || listed.stdout.is_empty() {
                    return Ok((false.into(), Fact::None));
                }
                self.run(&["borg", "extract", "--bypass-lock", "--stdout", &archive, path])?
            }
        };
        if ran.exit != 0 {
            return Ok((false.into(), Fact::None));
        }
        if ran.stdout.len() >= OUTPUT_LIMIT {
            return Ok((true.into(), Fact::Unknown(msg!("probe-too-large", subject = member))));
        }
        let hash = digest::sha256(&ran.stdout[..], self.deadline);
        Ok((true.into(), hash.map_or_else(|error| Fact::Unknown(super::reason(&error, member)), Fact::from)))
    }
}

/// One backup: what names it, and when it was made.
#[derive(Debug, PartialEq, Eq)]
struct Backup {
    id: String,
    time: i64,
}

/// `restic snapshots --json`: a list, or null.
fn snapshots(text: &str) -> Option<Vec<Backup>> {
    let json: Json = serde_json::from_str(text).ok()?;
    let backup = |entry: &Json| {
        let time: jiff::Timestamp = entry["time"].as_str()?.parse().ok()?;
        Some(Backup { id: entry["id"].as_str()?.to_owned(), time: time.as_second() })
    };
    match json {
        Json::Null => Some(Vec::new()),
        Json::Array(entries) => Some(entries.iter().filter_map(backup).collect()),
        _ => None,
    }
}

/// `borg list --json`: times are of the machine's own zone.
fn archives(text: &str) -> Option<Vec<Backup>> {
    let json: Json = serde_json::from_str(text).ok()?;
    let zone = super::locale::zone();
    let backup = |entry: &Json| {
        let time: jiff::civil::DateTime = entry["time"].as_str()?.parse().ok()?;
        let time = time.to_zoned(zone.clone()).ok()?.timestamp().as_second();
        Some(Backup { id: entry["name"].as_str()?.to_owned(), time })
    };
    Some(json["archives"].as_array()?.iter().filter_map(backup).collect())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn lists_of_both_tools() {
        let restic = r#"[{"time":"2026-01-02T03:04:05.678+01:00","id":"abc","paths":["/etc"]},{"id":"no time"}]"#;
        assert_eq!(snapshots(restic).unwrap(), [Backup { id: "abc".into(), time: 1_767_319_445 }]);
        assert_eq!(snapshots("null"), Some(vec![]));
        assert_eq!(snapshots("[{\"cut"), None);
        let borg = r#"{"archives":[{"name":"lundi","time":"2026-01-02T03:04:05.000000"}],"repository":{}}"#;
        assert_eq!(archives(borg).unwrap()[0].id, "lundi");
        assert_eq!(archives("{}"), None);
    }

    #[test]
    fn the_password_is_no_argument() {
        let args =
            Args { tool: Tool::Borg, repository: "/r".into(), password_file: Some("/root/it's".into()), member: None };
        let env = Repository::of(&args, Duration::from_secs(1)).env;
        assert!(env.contains(&("BORG_PASSCOMMAND", "cat '/root/it'\\''s'".to_owned())));
    }

    proptest! {
        #[test]
        fn any_answer_is_read(text in "[\\[\\]{}:,\"a-z0-9]{0,60}") {
            let _ = (snapshots(&text), archives(&text));
        }
    }
}
