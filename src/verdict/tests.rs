//! Expectations against observations: what is met, what isn't, and what can't be told.

use std::collections::BTreeMap;

use proptest::prelude::*;
use serde_json::{Value, json};

use super::{CompileError, Expectation, Truth};
use crate::msg;
use crate::probe::{Fact, Field, Kind, Observation};

const PART: &[Field] =
    &[Field { name: "name", kind: Kind::Text, doc: "" }, Field { name: "size", kind: Kind::Size, doc: "" }];
const FIELDS: &[Field] = &[
    Field { name: "text", kind: Kind::Text, doc: "" },
    Field { name: "word", kind: Kind::Word, doc: "" },
    Field { name: "int", kind: Kind::Int, doc: "" },
    Field { name: "bool", kind: Kind::Bool, doc: "" },
    Field { name: "size", kind: Kind::Size, doc: "" },
    Field { name: "lease", kind: Kind::Duration, doc: "" },
    Field { name: "ip", kind: Kind::Ip, doc: "" },
    Field { name: "net", kind: Kind::Net, doc: "" },
    Field { name: "mac", kind: Kind::Mac, doc: "" },
    Field { name: "mode", kind: Kind::Mode, doc: "" },
    Field { name: "time", kind: Kind::Time, doc: "" },
    Field { name: "names", kind: Kind::List(&Kind::Text), doc: "" },
    Field { name: "parts", kind: Kind::List(&Kind::Record(PART)), doc: "" },
];

fn part(name: &str, mib: u64) -> Fact {
    Fact::record([("name", name.into()), ("size", Fact::Size(mib << 20))])
}

fn unknown() -> Fact {
    Fact::Unknown(msg!("verdict-not-yet"))
}

fn sample() -> Fact {
    Fact::record([
        ("text", "Hello World".into()),
        ("word", "DATA".into()),
        ("int", Fact::Int(5)),
        ("bool", true.into()),
        ("size", Fact::Size(512 << 20)),
        ("lease", Fact::Duration(7200)),
        ("ip", Fact::Ip("10.0.0.5".parse().unwrap())),
        ("net", Fact::Net("10.0.0.0".parse().unwrap(), 24)),
        ("mac", Fact::Mac([2, 0, 0, 0xaa, 0xbb, 0xcc])),
        ("mode", Fact::Mode(0o644)),
        ("time", Fact::Time(0)),
        ("names", Fact::texts(["b", "a"])),
        ("parts", Fact::List(vec![part("efi", 512), part("root", 4096)])),
    ])
}

fn compile(expect: Value) -> Result<Expectation, Vec<CompileError>> {
    let expect: BTreeMap<String, Value> = serde_json::from_value(expect).unwrap();
    Expectation::compile(FIELDS, &expect, &[])
}

fn truth(fact: Fact, expect: Value) -> Truth {
    compile(expect).unwrap().holds(&Observation::seen(fact, msg!("verdict-plain", value = "")))
}

fn with(name: &str, fact: Fact) -> Fact {
    let Fact::Record(mut fields) = sample() else { unreachable!() };
    fields.insert(name.to_owned(), fact);
    Fact::Record(fields)
}

#[test]
fn comparing_is_by_meaning() {
    for met in [
        json!({ "net": "10.0.0.0/255.255.255.0", "mode": "644", "size": "0.5GiB", "lease": "120min" }),
        json!({ "mac": "0200.00AA.BBCC", "word": "data", "int": "5", "ip": "::ffff:10.0.0.5" }),
        json!({ "names": ["a", "b"], "time": "1970-01-01T01:00:00+01:00", "parts.2.name": "root" }),
        json!({ "size": { "about": "500MiB" }, "int": { "at_least": 5, "at_most": 5 }, "text": { "contains": "World" } }),
        json!({ "ip": { "between": ["10.0.0.1", "10.0.0.9"], "in_subnet": "10.0.0.0/24" }, "text": { "not": "x" } }),
        json!({ "parts": { "any": { "name": "efi", "size": { "at_least": "100MiB" } }, "length": 2 } }),
        json!({ "names": { "each": { "matches": "^[ab]$" }, "none": "c", "contains": "a" } }),
        json!({ "int": { "one_of": [1, { "between": [4, 6] }] }, "time": { "before": "1970-01-02T00:00:00Z" } }),
    ] {
        assert_eq!(truth(sample(), met.clone()), Truth::Yes, "{met}");
    }
    for unmet in [
        json!({ "text": "hello world" }),
        json!({ "names": ["a", "a"] }),
        json!({ "names": ["a"] }),
        json!({ "size": { "about": ["500MiB", "1%"] } }),
        json!({ "ip": { "at_least": "::1" } }),
        json!({ "ip": { "at_most": "::1" } }),
        json!({ "net": "10.0.0.0/25" }),
        json!({ "parts": { "any": { "name": "efi", "size": "4GiB" } } }),
        json!({ "parts.3.name": "x" }),
        json!({ "time": { "after": "1970-01-01T00:00:00Z" } }),
    ] {
        assert_eq!(truth(sample(), unmet.clone()), Truth::No, "{unmet}");
    }
}

#[test]
fn nothing_meets_only_absence() {
    let gone = || with("text", Fact::None);
    for unmet in [json!({ "text": { "not": "x" } }), json!({ "text": "" }), json!({ "text": { "absent": false } })] {
        assert_eq!(truth(gone(), unmet.clone()), Truth::No, "{unmet}");
    }
    assert_eq!(truth(gone(), json!({ "text": { "absent": true } })), Truth::Yes);
    assert_eq!(truth(gone(), json!({ "text": { "one_of": ["x", { "absent": true }] } })), Truth::Yes);
    assert_eq!(truth(with("names", Fact::List(Vec::new())), json!({ "names": { "each": "a" } })), Truth::No);
    assert_eq!(truth(with("names", Fact::List(Vec::new())), json!({ "names": { "none": "a" } })), Truth::Yes);
}

#[test]
fn what_is_unknown_never_fails_what_the_rest_decides() {
    let half = || with("names", Fact::List(vec!["a".into(), unknown()]));
    assert_eq!(truth(half(), json!({ "names": { "any": "a" } })), Truth::Yes);
    assert_eq!(truth(half(), json!({ "names": { "none": "a" } })), Truth::No);
    assert_eq!(truth(half(), json!({ "names": { "each": "b" } })), Truth::No);
    for untold in [
        json!({ "names": { "any": "b" } }),
        json!({ "names": { "each": "a" } }),
        json!({ "names": { "none": "b" } }),
        json!({ "names": ["a", "b"] }),
        json!({ "names": { "not": { "any": "b" } } }),
    ] {
        assert!(matches!(truth(half(), untold.clone()), Truth::Unknown(_)), "{untold}");
    }
    assert_eq!(truth(half(), json!({ "names": ["b", "c"] })), Truth::No);
    assert!(matches!(truth(unknown(), json!({ "text": { "absent": true } })), Truth::Unknown(_)));
    assert!(matches!(truth(with("int", "5".into()), json!({ "int": 5 })), Truth::Unknown(_)));
}

#[test]
fn mistakes_are_told_with_their_place_and_the_nearest_word() {
    let first = |expect: Value| compile(expect).unwrap_err().remove(0);
    let error = first(json!({ "parts": { "any": { "nam": "efi" } } }));
    assert_eq!(error.to_string().split(": ").next(), Some("parts.any.nam"));
    assert_eq!(error.nearest.as_deref(), Some("name"));
    assert_eq!(first(json!({ "int": { "at_leest": 3 } })).nearest.as_deref(), Some("at_least"));
    for wrong in [
        json!({}),
        json!({ "text": {} }),
        json!({ "text": { "at_least": "a" } }),
        json!({ "size": 512 }),
        json!({ "mode": 644 }),
        json!({ "int": { "between": [6, 4] } }),
        json!({ "ip": { "between": ["10.0.0.1", "::1"] } }),
        json!({ "parts.0.name": "efi" }),
        json!({ "parts.name": "efi" }),
        json!({ "text.more": "efi" }),
        json!({ "text": { "matches": "(" } }),
        json!({ "text": { "contains": "" } }),
        json!({ "int": { "one_of": [] } }),
        json!({ "size": { "about": ["1GiB", "200%"] } }),
    ] {
        assert!(compile(wrong.clone()).is_err(), "{wrong}");
    }
}

proptest! {
    #[test]
    fn nothing_panics(name in "[a-z.0-9]{0,12}", operator in "[a-z_]{0,9}", text in ".{0,20}", number: i64) {
        for json in [json!(text), json!(number), json!([text, number]), json!({ &operator: text }), json!({ "not": number })] {
            for field in FIELDS.iter().map(|field| field.name).chain([name.as_str()]) {
                if let Ok(expectation) = compile(json!({ field: json })) {
                    let _ = expectation.findings(&Observation::seen(sample(), msg!("verdict-yes")));
                }
            }
        }
    }
}

#[test]
fn a_relative_path_is_refused_with_the_mend() {
    let suite = |probe: Value| {
        let criterion = json!({ "id": "a", "title": { "fr": "a", "en": "a" }, "points": 1, "probe": probe, "expect": { "exists": true } });
        let criterion: crate::lab::manifest::Criterion = serde_json::from_value(criterion).unwrap();
        super::Suite::compile(&[criterion], &[], "").map(|_| ())
    };
    let errors = suite(json!({ "file": { "path": "./etc/hosts" } })).unwrap_err();
    assert_eq!(errors[0].to_string().split(": ").next(), Some("criterion[0].probe.file.path"));
    assert!(errors[0].to_string().contains("“/etc/hosts”"), "{}", errors[0]);
    assert!(suite(json!({ "file": { "path": "/etc/hosts" } })).is_ok());
}
