//! The attributes of one directory entry, in LDIF (RFC 2849) or as `net ads` prints them: `name: value`. Pure.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// Every value of an attribute, in their order; names are compared whatever their case (RFC 4512 §2.5).
pub(in crate::probe) fn values(text: &str, attribute: &str) -> Vec<String> {
    let unfolded = text.replace("\r\n", "\n").replace("\n ", "");
    unfolded.lines().filter_map(|line| value(line, attribute)).collect()
}

fn value(line: &str, attribute: &str) -> Option<String> {
    let (name, value) = line.split_once(':')?;
    if !name.trim().eq_ignore_ascii_case(attribute) {
        return None;
    }
    match value.strip_prefix(':') {
        Some(encoded) => String::from_utf8(STANDARD.decode(encoded.trim()).ok()?).ok(),
        None => Some(value.trim().to_owned()),
    }
}

/// What a distinguished name is under (RFC 4514): `CN=A,OU=B,DC=c` is under `OU=B,DC=c`.
pub(in crate::probe) fn parent(dn: &str) -> Option<&str> {
    let mut escaped = false;
    let comma = dn.char_indices().find(|&(_, c)| {
        let found = c == ',' && !escaped;
        escaped = c == '\\' && !escaped;
        found
    })?;
    Some(dn[comma.0 + 1..].trim_start())
}

/// The realm a distinguished name is in: its `DC` parts, in capitals.
pub(super) fn realm(dn: &str) -> String {
    let parts = dn.split(',').filter_map(|part| part.trim().split_once('='));
    let parts: Vec<_> = parts.filter(|(kind, _)| kind.eq_ignore_ascii_case("DC")).map(|(_, name)| name).collect();
    parts.join(".").to_uppercase()
}

/// The distinguished name of a realm: `ATELIER.TEST` is `DC=atelier,DC=test`.
pub(super) fn base(realm: &str) -> String {
    let parts: Vec<_> = realm.split('.').map(|part| format!("DC={}", part.to_lowercase())).collect();
    parts.join(",")
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const ENTRY: &str = "# comment\ndn: CN=POSTE,OU=Postes,DC=atelier,DC=test\ndistinguishedName:: \
                         Q049UE9TVEUsT1U9w4ljb2xlLERDPWF0ZWxpZXIsREM9dGVzdA==\nservicePrincipalName: HOST/POSTE\n\
                         serviceprincipalname: HOST/poste.ate\n lier.test\n";

    #[test]
    fn values_are_decoded_and_unfolded() {
        assert_eq!(values(ENTRY, "distinguishedName"), ["CN=POSTE,OU=École,DC=atelier,DC=test"]);
        assert_eq!(values(ENTRY, "servicePrincipalName"), ["HOST/POSTE", "HOST/poste.atelier.test"]);
        assert_eq!(values(ENTRY, "mail"), Vec::<String>::new());
    }

    #[test]
    fn names_come_apart() {
        assert_eq!(parent("CN=a\\, b,OU=Postes,DC=x"), Some("OU=Postes,DC=x"));
        assert_eq!(parent("DC=test"), None);
        assert_eq!(realm("CN=P,OU=o,DC=atelier,DC=test"), "ATELIER.TEST");
        assert_eq!(base("ATELIER.TEST"), "DC=atelier,DC=test");
    }

    proptest! {
        #[test]
        fn garbage_never_panics(text in ".{0,200}") {
            let _ = (values(&text, "dn"), parent(&text), realm(&text));
        }
    }
}
