//! People of the tickets: plausible first and last names, of the origins one meets in a French company.

use std::fmt;
use std::sync::Arc;

use minijinja::value::{Enumerator, Object, ObjectRepr, Value};

use super::stream::Stream;

/// Most are borne by women and by men, so that texts need no agreement. The order is part of what a seed means: append
/// only by starting a new list for a new version of the stream.
const FIRST: &[&str] = &[
    "Camille",
    "Dominique",
    "Claude",
    "Alix",
    "Maxence",
    "Sacha",
    "Charlie",
    "Noa",
    "Eden",
    "Andréa",
    "Maé",
    "Lou",
    "Yaël",
    "Sasha",
    "Ange",
    "Swann",
    "Morgan",
    "Gwenn",
    "Loïs",
    "Kim",
    "Ari",
    "Amal",
    "Nour",
    "Ihsane",
    "Sabah",
    "Farah",
    "Nadia",
    "Yanis",
    "Rayan",
    "Leïla",
    "Aïcha",
    "Mamadou",
    "Fatou",
    "Awa",
    "Ousmane",
    "Aminata",
    "Thuy",
    "Linh",
    "Minh",
    "Mei",
    "Jun",
    "Inès",
    "João",
    "Luca",
    "Chiara",
    "Théo",
    "Zoé",
    "Éloïse",
    "Benoît",
    "Maëlle",
    "François",
    "Hélène",
    "Jérôme",
    "Océane",
    "Anaïs",
    "Soizic",
    "Malo",
    "Ewen",
    "Dilan",
    "Aram",
    "Ivana",
    "Milan",
    "Olena",
    "Andrei",
];

/// Append only, as above.
const LAST: &[&str] = &[
    "Le Goff",
    "Martin",
    "Bernard",
    "Lefèvre",
    "Girard",
    "Mercier",
    "Fournier",
    "Guérin",
    "Bellec",
    "Kervella",
    "Le Bihan",
    "Carré",
    "Béranger",
    "Noël",
    "Lemaître",
    "Chauvet",
    "Pôtier",
    "Ibarra",
    "Etcheverry",
    "Schmitt",
    "Muller",
    "Weber",
    "Da Silva",
    "Ferreira",
    "Gonçalves",
    "Garcia",
    "Núñez",
    "Rossi",
    "Moretti",
    "Benali",
    "Haddad",
    "Cherif",
    "Bouzid",
    "Mansouri",
    "El Amrani",
    "Ziani",
    "Diallo",
    "Traoré",
    "Koné",
    "Ndiaye",
    "Camara",
    "Mbemba",
    "Rakotomalala",
    "Hoarau",
    "Payet",
    "Nguyen",
    "Tran",
    "Pham",
    "Wang",
    "Chen",
    "Kaya",
    "Yılmaz",
    "Petrosyan",
    "Kowalski",
    "Nowak",
    "Popescu",
    "Ionescu",
    "Kovač",
    "Shevchenko",
    "Levy",
    "Azoulay",
    "Cohen",
    "O'Brien",
    "Singh",
];

/// Somebody.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Person {
    first: &'static str,
    last: &'static str,
}

impl Person {
    /// Draws somebody.
    pub(super) fn draw(stream: &mut Stream) -> Option<Self> {
        Some(Self { first: stream.pick(FIRST)?, last: stream.pick(LAST)? })
    }

    /// The account name: initial and last name, lower-case ASCII, at most 20 characters (sAMAccountName).
    pub(super) fn login(&self) -> String {
        self.first.chars().take(1).chain(self.last.chars()).filter_map(plain).take(20).collect()
    }
}

/// A letter without its accent; none for what is no letter.
fn plain(letter: char) -> Option<char> {
    let letter = letter.to_lowercase().next().unwrap_or(letter);
    match letter {
        'a'..='z' => Some(letter),
        'à' | 'â' | 'ã' | 'ä' => Some('a'),
        'ç' | 'č' => Some('c'),
        'é' | 'è' | 'ê' | 'ë' => Some('e'),
        'î' | 'ï' | 'ı' | 'í' => Some('i'),
        'ñ' => Some('n'),
        'ô' | 'ö' | 'ó' => Some('o'),
        'û' | 'ü' | 'ú' | 'ù' => Some('u'),
        _ => None,
    }
}

impl fmt::Display for Person {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.first, self.last)
    }
}

/// What templates may ask of a person.
impl Object for Person {
    fn repr(self: &Arc<Self>) -> ObjectRepr {
        ObjectRepr::Plain
    }

    fn get_value(self: &Arc<Self>, key: &Value) -> Option<Value> {
        match key.as_str()? {
            "first" => Some(Value::from(self.first)),
            "last" => Some(Value::from(self.last)),
            "login" => Some(Value::from(self.login())),
            _ => None,
        }
    }

    fn enumerate(self: &Arc<Self>) -> Enumerator {
        Enumerator::Str(&["first", "last", "login"])
    }

    fn render(self: &Arc<Self>, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_login_is_plain_ascii_and_loses_no_letter() {
        for first in FIRST {
            for last in LAST {
                let login = Person { first, last }.login();
                assert!(login.chars().all(|c| c.is_ascii_lowercase()), "{login}");
                let letters = 1 + last.chars().filter(|c| c.is_alphabetic()).count();
                assert_eq!(login.chars().count(), letters.min(20), "{first} {last}");
            }
        }
        assert_eq!(Person { first: "Éloïse", last: "Le Goff" }.login(), "elegoff");
    }

    #[test]
    fn nobody_is_listed_twice() {
        for names in [FIRST, LAST] {
            assert_eq!(names.iter().collect::<std::collections::BTreeSet<_>>().len(), names.len());
        }
    }
}
