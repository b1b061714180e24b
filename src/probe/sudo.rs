//! What an account may do by sudo(8), as sudo itself answers: aliases, groups, included files, directories of a domain and
//! the order of the rules are its business.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::account::Accounts;
use super::{About, Cost, Fact, Field, Kind, Machine, Need, Observation, Watch};
use crate::i18n::Message;
use crate::msg;

/// What a lab writes: `sudo = { user = "lea", command = ["/usr/bin/systemctl", "restart", "nginx"] }`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Args {
    /// The account.
    pub user: String,
    /// A command and its arguments; without one, only what the account may do in all is told.
    #[serde(default)]
    pub command: Vec<String>,
}

pub(super) const ABOUT: About = About::new(Cost::Active, FIELDS)
    .needs(&[Need::Tool("sudo"), Need::Root("to ask for another account")])
    .watches(&[Watch::Path("/etc/sudoers"), Watch::Path("/etc/sudoers.d"), Watch::Path("/etc/group")]);

const FIELDS: &[Field] = &[
    Field { name: "valid", kind: Kind::Bool, doc: "whether visudo(8) finds no fault in the configuration" },
    Field { name: "allowed", kind: Kind::Bool, doc: "whether it may run the command as root" },
    Field { name: "anything", kind: Kind::Bool, doc: "whether it may run any command as root, or as anybody" },
    Field {
        name: "password",
        kind: Kind::Bool,
        doc: "whether sudo asks for a password before the command; without a command, before any of what is allowed",
    },
    Field { name: "rules", kind: Kind::List(&Kind::Text), doc: "the commands allowed, as sudo -l lists them" },
];

/// One entry of `sudo -ll`: whom as, the options, the commands.
#[derive(Debug, Default, PartialEq, Eq)]
struct Entry {
    run_as: Vec<String>,
    no_password: bool,
    commands: Vec<String>,
}

pub(super) fn observe(args: &Args, machine: &Machine) -> Observation {
    let source = msg!("probe-source-sudo", user = &args.user);
    match look(args, machine) {
        Ok(fact) => Observation::seen(fact, source),
        Err(reason) => Observation::unknown(reason, source),
    }
}

fn look(args: &Args, machine: &Machine) -> Result<Fact, Message> {
    let accounts = machine.once(Accounts::read);
    if accounts.user(&args.user)?.is_none() && accounts.domain_user(&args.user, machine)?.is_none() {
        return Err(msg!("probe-no-account", user = &args.user));
    }
    if !rustix::process::geteuid().is_root() {
        return Err(msg!("probe-no-right", subject = "sudo"));
    }
    // Named, its grammar is checked and not its mode: what sudo itself refuses to read for its mode grants nothing below.
    let valid = machine.run(&["visudo", "-c", "-q", "-f", "/etc/sudoers"]).map(|ran| ran.exit == 0);
    let listed = machine.run(&["sudo", "-n", "-ll", "-U", &args.user])?;
    let entries = entries(&listed.text());
    // Asked twice, sudo shows the rule that decides (since 1.9.11); else only the command.
    let asked = if args.command.is_empty() {
        None
    } else {
        let mut argv = vec!["sudo", "-n", "-ll", "-U", args.user.as_str(), "--"];
        argv.extend(args.command.iter().map(String::as_str));
        Some(machine.run(&argv)?)
    };
    let allowed = asked.as_ref().map(|ran| ran.exit == 0);
    let deciding = asked.map(|ran| self::entries(&ran.text())).unwrap_or_default();
    Ok(Fact::record([
        ("valid", valid.map_or_else(Fact::Unknown, Fact::from)),
        ("allowed", allowed.into()),
        ("anything", entries.iter().any(Entry::is_anything).into()),
        ("password", password(&args.command, allowed, &deciding, &entries)),
        ("rules", Fact::texts(entries.into_iter().flat_map(|entry| entry.commands))),
    ]))
}

/// Whether a password is asked for. A sudo that only repeats the command leaves it open.
fn password(command: &[String], allowed: Option<bool>, deciding: &[Entry], all: &[Entry]) -> Fact {
    let asks = |entries: &[Entry]| entries.iter().any(|entry| !entry.no_password);
    match allowed {
        None if all.is_empty() => Fact::None,
        None => asks(all).into(),
        Some(false) => Fact::None,
        Some(true) if !deciding.is_empty() => asks(deciding).into(),
        Some(true) if all.iter().all(|entry| entry.no_password) => false.into(),
        Some(true) if all.iter().all(|entry| !entry.no_password) => true.into(),
        Some(true) => Fact::Unknown(msg!("probe-sudo-password", command = command.join(" "))),
    }
}

/// Reads the long list: `Sudoers entry:` begins one, commands are indented under `Commands:`.
fn entries(text: &str) -> Vec<Entry> {
    let mut all: Vec<Entry> = Vec::new();
    let mut in_commands = false;
    for line in text.lines() {
        let trimmed = line.trim();
        if trimmed.starts_with("Sudoers entry") || trimmed.starts_with("LDAP Role") || trimmed.starts_with("SSSD Role")
        {
            all.push(Entry::default());
            in_commands = false;
        }
        let Some(entry) = all.last_mut() else { continue };
        if let Some(users) = trimmed.strip_prefix("RunAsUsers:") {
            entry.run_as = users.split(',').map(|user| user.trim().to_owned()).collect();
        } else if let Some(options) = trimmed.strip_prefix("Options:") {
            entry.no_password = options.split(',').any(|option| option.trim() == "!authenticate");
        } else if trimmed.starts_with("Commands:") {
            in_commands = true;
        } else if in_commands && line.starts_with(char::is_whitespace) && !trimmed.is_empty() {
            entry.commands.push(trimmed.to_owned());
        } else if trimmed.is_empty() {
            in_commands = false;
        }
    }
    all
}

impl Entry {
    fn is_anything(&self) -> bool {
        let root = self.run_as.iter().any(|user| matches!(user.as_str(), "ALL" | "root" | "#0"));
        root && self.commands.iter().any(|command| command == "ALL")
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const LONG: &str = "Matching Defaults entries for lea on pc:\n    env_reset\n\nUser lea may run the following commands on pc:\n\n\
        Sudoers entry: /etc/sudoers.d/lea\n    RunAsUsers: root\n    Options: !authenticate\n    Commands:\n\t/usr/bin/systemctl restart nginx\n\n\
        Sudoers entry: /etc/sudoers\n    RunAsUsers: ALL\n    RunAsGroups: ALL\n    Commands:\n\tALL\n";

    #[test]
    fn the_long_list() {
        let all = entries(LONG);
        assert_eq!(all.len(), 2);
        assert!(all[0].no_password && !all[0].is_anything());
        assert!(!all[1].no_password && all[1].is_anything());
        assert_eq!(entries("User lea is not allowed to run sudo on pc.\n"), []);
    }

    #[test]
    fn a_password_that_depends_on_the_rule_is_unknown_unless_the_rule_is_known() {
        let all = entries(LONG);
        let asked = |allowed, deciding: &[Entry]| password(&["x".into()], allowed, deciding, &all);
        assert!(matches!(asked(Some(true), &[]), Fact::Unknown(_)));
        assert_eq!(asked(Some(true), &all[..1]), Fact::Bool(false));
        assert_eq!((asked(None, &[]), asked(Some(false), &[])), (Fact::Bool(true), Fact::None));
    }

    proptest! {
        #[test]
        fn any_answer_is_read(text in "(Sudoers entry:|RunAsUsers:|Options:|Commands:|[ \ta-zA-Z!,/]{0,10}|\n){0,30}") {
            let _ = entries(&text);
        }
    }
}
