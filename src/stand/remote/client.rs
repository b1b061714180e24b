//! The OpenSSH client's command line (ssh(1), `ssh_config(5)`), and what it complains about.

use std::path::Path;
use std::process::Command;

use super::machines::Entry;
use crate::i18n::Message;
use crate::msg;

/// Nothing of the person's own: no configuration, no agent, no password, no other key, and no host but the one that was
/// pinned. A connection that is dead is noticed within a quarter of a minute.
const OPTIONS: [&str; 16] = [
    "StrictHostKeyChecking=yes",
    "GlobalKnownHostsFile=none",
    "UpdateHostKeys=no",
    "CheckHostIP=no",
    "IdentitiesOnly=yes",
    "IdentityAgent=none",
    "BatchMode=yes",
    "PreferredAuthentications=publickey",
    "ClearAllForwardings=yes",
    "ForwardAgent=no",
    "ForwardX11=no",
    "ControlPath=none",
    "PermitLocalCommand=no",
    "ConnectTimeout=10",
    "ServerAliveInterval=5",
    "ServerAliveCountMax=3",
];

/// The client for one machine. With a terminal it is a login shell, else the script to run is added.
pub(super) fn ssh(name: &str, entry: &Entry, known_hosts: &Path, with_terminal: bool) -> Command {
    let mut command = Command::new("ssh");
    command.env("LC_ALL", "C").args(["-F", "none"]);
    for option in OPTIONS {
        command.args(["-o", option]);
    }
    command
        .args(["-o", &format!("UserKnownHostsFile={}", quoted(known_hosts))])
        .args(["-o", &format!("HostKeyAlias={}", alias(name))])
        .args(["-o", if with_terminal { "RequestTTY=force" } else { "RequestTTY=no" }])
        .arg("-i")
        .arg(&entry.key)
        .args(["-p", &entry.port.to_string(), "-l", &entry.user, "--", &entry.host]);
    command
}

/// `ssh_config(5)`: an argument with spaces is quoted, and `%` begins a token.
fn quoted(path: &Path) -> String {
    format!("\"{}\"", path.display().to_string().replace('%', "%%"))
}

/// The name that a machine's key is pinned under, whatever its address.
fn alias(name: &str) -> String {
    format!("paillasse-{name}")
}

/// A machine's line of the file of known hosts.
pub(super) fn pinned(name: &str, entry: &Entry) -> String {
    format!("{} {}\n", alias(name), entry.host_key)
}

/// A constant script as the one word that the other side's login shell is given.
pub(super) fn remote(script: &'static str, with_sudo: bool) -> String {
    let script = script.replace('\'', r"'\''");
    format!("exec {}sh -c '{script}'", if with_sudo { "sudo -n " } else { "" })
}

/// What kept the client from the machine, with the mend.
pub(super) fn complaint(name: &str, stderr: &str) -> Message {
    let says = |words: &str| stderr.contains(words);
    let last = stderr.lines().map(str::trim).rfind(|line| !line.is_empty()).unwrap_or_default();
    if says("Host key verification failed") || says("REMOTE HOST IDENTIFICATION HAS CHANGED") {
        msg!("remote-wrong-host-key", machine = name)
    } else if says("UNPROTECTED PRIVATE KEY") || says("bad permissions") {
        msg!("remote-open-key", machine = name)
    } else if says("Permission denied") {
        msg!("remote-key-refused", machine = name)
    } else if says("sudo:") {
        msg!("remote-no-sudo", machine = name)
    } else {
        msg!("remote-unreachable", machine = name, error = last)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry() -> Entry {
        toml::from_str("host = \"192.0.2.7\"\nport = 2222\nkey = \"/k\"\nhost-key = \"ssh-ed25519 AAAA\"").unwrap()
    }

    #[test]
    fn the_client_is_told_everything_and_reads_nothing_of_the_person_s() {
        let command = ssh("srv", &entry(), Path::new("/a b/100%"), false);
        let words: Vec<String> = command.get_args().map(|word| word.to_string_lossy().into_owned()).collect();
        for wanted in ["StrictHostKeyChecking=yes", "IdentitiesOnly=yes", "BatchMode=yes", "HostKeyAlias=paillasse-srv"]
        {
            assert!(words.iter().any(|word| word == wanted), "{wanted}: {words:?}");
        }
        assert!(words.contains(&"UserKnownHostsFile=\"/a b/100%%\"".to_owned()), "{words:?}");
        assert_eq!(words[..2], ["-F", "none"]);
        assert_eq!(words[words.len() - 6..], ["-p", "2222", "-l", "root", "--", "192.0.2.7"]);
        assert_eq!(pinned("srv", &entry()), "paillasse-srv ssh-ed25519 AAAA\n");
    }

    #[test]
    fn a_script_is_one_word_with_its_quotes() {
        let said = |with_sudo| remote("trap 'echo \"it'\"'\"'s\"' EXIT", with_sudo);
        let out = Command::new("sh").args(["-c", &said(false)]).output().unwrap();
        assert_eq!(String::from_utf8_lossy(&out.stdout), "it's\n");
        assert!(said(true).starts_with("exec sudo -n sh -c '"), "{}", said(true));
    }

    #[test]
    fn complaints_are_told_with_their_mend() {
        let key = |stderr: &str| complaint("srv", stderr).key.into_owned();
        assert_eq!(
            key("No ED25519 host key is known for paillasse-srv\r\nHost key verification failed.\r\n"),
            "remote-wrong-host-key"
        );
        assert_eq!(key("root@192.0.2.7: Permission denied (publickey)."), "remote-key-refused");
        assert_eq!(key("ssh: connect to host 192.0.2.7 port 22: Connection refused"), "remote-unreachable");
        assert_eq!(key("sudo: a password is required"), "remote-no-sudo");
    }
}
