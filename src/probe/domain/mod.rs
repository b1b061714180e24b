//! Whether the machine is a member of an Active Directory domain, as it works and not as it is configured.
//!
//! The machine proves itself to a domain controller with the secret that joining left on it: the keytab (`adcli`,
//! `realm`, `net ads join` with a keytab) or Samba's `secrets.tdb` (`net ads join`). It then reads its own account. An
//! account made by hand has no secret here, a stale secret is refused: neither is a member.

mod keytab;
pub(super) mod ldif;

use std::fs;
use std::io::ErrorKind;
use std::time::{Duration, Instant};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::run::{Call, run};
use super::wire::scratch::Scratch;
use super::{About, Cost, Fact, Field, Kind, Machine, Observation, reason};
use crate::i18n::Message;
use crate::msg;
use keytab::Principal;

/// What a lab writes: `domain = {}`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Args {}

pub(super) const ABOUT: About = About::new(Cost::Active, FIELDS);

const FIELDS: &[Field] = &[
    Field { name: "joined", kind: Kind::Bool, doc: "whether a domain controller accepts the machine's own secret" },
    Field { name: "realm", kind: Kind::Word, doc: "the domain's name, in capitals (`ATELIER.TEST`)" },
    Field { name: "account", kind: Kind::Word, doc: "the machine's account (sAMAccountName: `POSTE$`)" },
    Field { name: "container", kind: Kind::Word, doc: "what the account is in, a distinguished name (RFC 4514)" },
    Field { name: "spns", kind: Kind::List(&Kind::Word), doc: "the account's servicePrincipalName values" },
    Field { name: "reason", kind: Kind::Text, doc: "why it is not a member: what was refused, and in which words" },
];

const KEYTAB: &str = "/etc/krb5.keytab";
const SECRETS: &str = "/var/lib/samba/private/secrets.tdb";
/// The whole probe takes this long at most.
const LIMIT: Duration = Duration::from_secs(20);
/// A controller that just started may not answer at once: asked again for that long.
const STARTING: Duration = Duration::from_secs(8);

pub(super) fn observe(_args: &Args, machine: &Machine) -> Observation {
    let source = msg!("probe-source-domain");
    let limit = machine.timeout().min(LIMIT);
    match look(Instant::now() + limit) {
        Ok(fact) => Observation::seen(fact, source),
        Err(why) => Observation::unknown(why, source),
    }
}

/// The account, as the directory shows it to the machine itself.
#[derive(Debug, PartialEq, Eq)]
struct Account {
    dn: String,
    name: String,
    spns: Vec<String>,
}

/// One way's result: the account, or why it was refused.
type Proof = Result<Account, String>;

fn look(end: Instant) -> Result<Fact, Message> {
    let mut refused = Vec::new();
    for principal in machine_principals()? {
        match patiently(end, || by_keytab(&principal, end))? {
            Ok(account) => return Ok(member(account)),
            Err(why) => refused.push(why),
        }
    }
    // Its folder is root's: without the right to look there, nobody knows.
    if fs::exists(SECRETS).map_err(|error| reason(&error, SECRETS))? {
        match patiently(end, || by_samba(end))? {
            Ok(account) => return Ok(member(account)),
            Err(why) => refused.push(why),
        }
    }
    let why = if refused.is_empty() { Fact::None } else { Fact::text(refused.join(" · ")) };
    Ok(Fact::record([("joined", false.into()), ("reason", why)]))
}

fn member(account: Account) -> Fact {
    Fact::record([
        ("joined", true.into()),
        ("realm", ldif::realm(&account.dn).into()),
        ("account", account.name.into()),
        ("container", ldif::parent(&account.dn).map(str::to_owned).into()),
        ("spns", Fact::List(account.spns.into_iter().map(Fact::Text).collect())),
    ])
}

/// The machine accounts (`…$`) that the keytab holds keys of.
fn machine_principals() -> Result<Vec<Principal>, Message> {
    let bytes = match fs::read(KEYTAB) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(reason(&error, KEYTAB)),
    };
    let all = keytab::principals(&bytes).unwrap_or_default();
    Ok(all.into_iter().filter(|one| one.name.ends_with('$') && !one.name.contains('/')).collect())
}

/// Asks again while no controller answers.
fn patiently(end: Instant, mut ask: impl FnMut() -> Result<Proof, Message>) -> Result<Proof, Message> {
    let patience = end.min(Instant::now() + STARTING);
    loop {
        let proof = ask()?;
        let again = proof.as_ref().is_err_and(|why| !is_refusal(why)) && Instant::now() < patience;
        if !again {
            return Ok(proof);
        }
        std::thread::sleep(Duration::from_millis(500));
    }
}

/// Whether these words of `libkrb5`, `OpenLDAP` or Samba are a controller's refusal. A controller that is just starting is
/// complained about in many more ways: all of them are worth asking again.
fn is_refusal(why: &str) -> bool {
    const REFUSALS: [&str; 9] = [
        "Preauthentication failed",
        "not found",
        "revoked",
        "expired",
        "nvalid credentials",
        "ogon failure",
        "LOGON_FAILURE",
        "denied",
        "DENIED",
    ];
    REFUSALS.iter().any(|words| why.contains(words))
}

fn left(end: Instant) -> Duration {
    end.saturating_duration_since(Instant::now()).max(Duration::from_millis(100))
}

/// A ticket by the keytab, then the account by that ticket.
fn by_keytab(principal: &Principal, end: Instant) -> Result<Proof, Message> {
    let scratch = Scratch::new()?;
    let own = scratch.write("krb5.conf", "[libdefaults]\n rdns = false\n dns_lookup_kdc = true\n")?;
    let cache = format!("FILE:{}", scratch.path("cache"));
    // Ours comes first: how the machine names its controllers backwards is not what is asked (krb5.conf(5)).
    let config = format!("{own}:/etc/krb5.conf");
    let env = [("KRB5CCNAME", cache.as_str()), ("KRB5_CONFIG", &config), ("LDAPSASL_NOCANON", "on")];
    let name = format!("{}@{}", principal.name, principal.realm);
    let kinit = Call { argv: &["kinit", "-k", "-t", KEYTAB, &name], env: &env, ..Call::default() };
    let ticket = kinit.run(left(end))?;
    if ticket.exit != 0 {
        return Ok(Err(format!("{name}: {}", ticket.complaint())));
    }
    let base = ldif::base(&principal.realm);
    // Without a host, libldap finds the controllers by their SRV records (ldap_initialize(3)).
    let uri = format!("ldap:///{}", base.replace('=', "%3D").replace(',', "%2C"));
    let filter = format!("(sAMAccountName={})", principal.name);
    let argv = ["ldapsearch", "-LLL", "-Q", "-Y", "GSSAPI", "-H", &uri, "-b", &base, &filter, "distinguishedName", SPN];
    let found = Call { argv: &argv, env: &env, ..Call::default() }.run(left(end))?;
    Ok(account(&found.text(), principal.name.clone()).ok_or_else(|| format!("{name}: {}", found.complaint())))
}

const SPN: &str = "servicePrincipalName";

/// By Samba's own secrets.
fn by_samba(end: Instant) -> Result<Proof, Message> {
    let test = run(&["net", "ads", "testjoin", "-P"], left(end))?;
    if test.exit != 0 {
        return Ok(Err(format!("net ads testjoin: {}", test.complaint())));
    }
    // Its status tells the account's name, and not where the account is.
    let status = run(&["net", "ads", "status", "-P"], left(end))?;
    let Some(name) = ldif::values(&status.text(), "sAMAccountName").pop() else {
        return Ok(Err(format!("net ads status: {}", status.complaint())));
    };
    let filter = format!("(sAMAccountName={name})");
    let found = run(&["net", "ads", "search", "-P", &filter, "distinguishedName", SPN], left(end))?;
    Ok(account(&found.text(), name).ok_or_else(|| format!("net ads search: {}", found.complaint())))
}

fn account(entry: &str, name: String) -> Option<Account> {
    let dn = ldif::values(entry, "distinguishedName").into_iter().next()?;
    Some(Account { dn, name, spns: ldif::values(entry, SPN) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_member_is_told_by_its_account() {
        let entry = "dn: CN=POSTE,OU=Postes,DC=atelier,DC=test\ndistinguishedName: \
                     CN=POSTE,OU=Postes,DC=atelier,DC=test\nservicePrincipalName: HOST/POSTE\n";
        let Fact::Record(fields) = member(account(entry, "POSTE$".into()).unwrap()) else { panic!("a record") };
        assert_eq!(fields["realm"], Fact::text("ATELIER.TEST"));
        assert_eq!(fields["container"], Fact::text("OU=Postes,DC=atelier,DC=test"));
        assert_eq!(fields["spns"], Fact::List(vec![Fact::text("HOST/POSTE")]));
        assert!(fields.keys().all(|name| FIELDS.iter().any(|field| field.name == name)));
    }

    #[test]
    fn no_entry_is_no_account() {
        assert_eq!(account("ldap_sasl_interactive_bind: Can't contact LDAP server (-1)\n", "POSTE$".into()), None);
    }

    #[test]
    fn silence_is_asked_again_until_somebody_speaks() {
        let mut times = 0;
        let end = Instant::now() + Duration::from_secs(5);
        let proof = patiently(end, || {
            times += 1;
            Ok(Err(if times < 2 { "Cannot contact any KDC for realm" } else { "Preauthentication failed" }.to_owned()))
        });
        assert_eq!((times, proof.unwrap()), (2, Err("Preauthentication failed".to_owned())));
    }
}
