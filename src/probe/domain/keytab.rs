//! Names in a keytab, by the file format that MIT Kerberos documents (`keytab_file_format`, version 0x0502). Pure: the
//! keys are not looked at.

use std::collections::BTreeSet;

/// A principal: `POSTE$` of `ATELIER.TEST`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Principal {
    /// Its components, joined by `/`.
    pub(super) name: String,
    pub(super) realm: String,
}

/// The principals of a keytab, each once; none where it is no keytab.
pub(super) fn principals(bytes: &[u8]) -> Option<BTreeSet<Principal>> {
    let mut rest = Reader(bytes.strip_prefix(&[5, 2])?);
    let mut found = BTreeSet::new();
    while let Some(size) = rest.int() {
        // A negative size is a hole that an entry left.
        let length = usize::try_from(size.unsigned_abs()).ok()?;
        let Some(entry) = rest.take(length) else { break };
        if size > 0 {
            found.extend(principal(entry));
        }
    }
    Some(found)
}

fn principal(entry: &[u8]) -> Option<Principal> {
    let mut entry = Reader(entry);
    let components = entry.short()?;
    let realm = entry.text()?;
    let name = (0..components).map(|_| entry.text()).collect::<Option<Vec<_>>>()?.join("/");
    Some(Principal { name, realm })
}

struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    fn take(&mut self, length: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        Some(taken)
    }
    fn short(&mut self) -> Option<u16> {
        Some(u16::from_be_bytes(self.take(2)?.try_into().ok()?))
    }
    fn int(&mut self) -> Option<i32> {
        Some(i32::from_be_bytes(self.take(4)?.try_into().ok()?))
    }
    fn text(&mut self) -> Option<String> {
        let length = self.short()?;
        Some(String::from_utf8_lossy(self.take(length.into())?).into_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn entry(components: &[&str], realm: &str) -> Vec<u8> {
        let text = |text: &str| [&u16::try_from(text.len()).unwrap().to_be_bytes()[..], text.as_bytes()].concat();
        let mut body = u16::try_from(components.len()).unwrap().to_be_bytes().to_vec();
        body.extend(text(realm));
        for one in components {
            body.extend(text(one));
        }
        body.extend([0, 0, 0, 1, 0, 0, 0, 0, 2, 0, 18, 0, 1, 7]);
        [&i32::try_from(body.len()).unwrap().to_be_bytes()[..], &body].concat()
    }

    #[test]
    fn names_are_read_once_and_holes_jumped() {
        let hole = [&(-6_i32).to_be_bytes()[..], &[9; 6]].concat();
        let keytab = [
            vec![5, 2],
            entry(&["POSTE$"], "ATELIER.TEST"),
            hole,
            entry(&["POSTE$"], "ATELIER.TEST"),
            entry(&["host", "poste.atelier.test"], "ATELIER.TEST"),
        ]
        .concat();
        let found: Vec<String> = principals(&keytab).unwrap().into_iter().map(|one| one.name).collect();
        assert_eq!(found, ["POSTE$", "host/poste.atelier.test"]);
    }

    #[test]
    fn another_file_is_no_keytab() {
        assert_eq!(principals(b"hello"), None);
        assert_eq!(principals(&[5, 2]), Some(BTreeSet::new()));
    }

    proptest! {
        #[test]
        fn garbage_never_panics(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
            let _ = principals(&[&[5, 2][..], &bytes].concat());
        }
    }
}
