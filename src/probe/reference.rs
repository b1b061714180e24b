//! The reference of the families, made from what they declare: `docs/probes.md`.

use std::fmt::Write as _;

use serde_json::Value as Json;

use super::{Cost, FAMILIES, Family, Field, Kind, Need, Watch};

const HEAD: &str = "# Probes

<!-- Made from the declarations in src/probe/ by `UPDATE=1 cargo test --lib reference`; edit those. -->

What a criterion may ask of a machine: `probe = { FAMILY = { ARGUMENT = … } }`, `expect = { FIELD = MATCHER }`.
Sizes are written with a unit (`512MiB`, `10GB`), durations too (`2h`), modes in octal (`\"0644\"`), moments as RFC 3339.
A *word* is compared whatever its case. What can't be looked at is *unknown* with the reason, never a failure.
";

/// The whole reference, in Markdown.
#[must_use]
pub fn markdown() -> String {
    let mut families: Vec<&Family> = FAMILIES.iter().collect();
    families.sort_by_key(|family| family.name);
    let mut out = HEAD.to_owned();
    for family in families {
        let _ = write!(out, "\n## {}\n\n{}\n\n", family.name, family.summary.trim());
        out.push_str(&facts(family));
        out.push_str(&arguments(&(family.args)().to_value()));
        out.push_str("\n| field | kind | what |\n|---|---|---|\n");
        fields(family.about.fields, "", &mut out);
    }
    out
}

fn facts(family: &Family) -> String {
    let about = family.about;
    let cost = match about.cost {
        Cost::Local => "reads what is there",
        Cost::Program => "runs a program that only reads",
        Cost::Active => "exchanges something with a service, or runs a program",
    };
    let mut out = format!("- Price: {cost}\n");
    let needs: Vec<String> = about.needs.iter().map(need).collect();
    let watches: Vec<String> = about.watches.iter().map(watch).collect();
    for (title, list) in [("Needs", needs), ("Looked at again when these change", watches)] {
        if !list.is_empty() {
            let _ = writeln!(out, "- {title}: {}", list.join(", "));
        }
    }
    if !about.secrets.is_empty() {
        let _ = writeln!(out, "- Never shown: `{}`", about.secrets.join("`, `"));
    }
    out
}

fn need(need: &Need) -> String {
    match need {
        Need::Tool(name) => format!("`{name}`"),
        Need::Root(what) => format!("root, {what}"),
    }
}

fn watch(watch: &Watch) -> String {
    match watch {
        Watch::Path(path) => format!("`{path}`"),
        Watch::Argument(name) => format!("the path of `{name}`"),
        Watch::Mounts => "mounts".to_owned(),
        Watch::Swaps => "swap space in use".to_owned(),
        Watch::Network => "links, addresses and routes".to_owned(),
        Watch::Disks => "disks".to_owned(),
        Watch::Units => "units".to_owned(),
        Watch::Processes => "processes (every second)".to_owned(),
    }
}

fn arguments(schema: &Json) -> String {
    let properties: Vec<_> = schema["properties"].as_object().into_iter().flatten().collect();
    if properties.is_empty() {
        return "- No argument\n".to_owned();
    }
    let required = schema["required"].as_array();
    let mut out = "\n| argument | | what |\n|---|---|---|\n".to_owned();
    for (name, property) in properties {
        let is_required = required.is_some_and(|all| all.iter().any(|one| one == name));
        let what = property["description"].as_str().unwrap_or_default();
        let _ = writeln!(out, "| `{name}` | {} | {} |", if is_required { "required" } else { "" }, cell(what));
    }
    out
}

fn fields(all: &[Field], before: &str, out: &mut String) {
    for field in all {
        let name = format!("{before}{}", field.name);
        let _ = writeln!(out, "| `{name}` | {} | {} |", kind(&field.kind), cell(field.doc));
        let (inner, mark) = match field.kind {
            Kind::List(inner) => (*inner, "[]"),
            other => (other, ""),
        };
        if let Kind::Record(inside) = inner {
            fields(inside, &format!("{name}{mark}."), out);
        }
    }
}

fn kind(kind: &Kind) -> String {
    let word = match kind {
        Kind::Text => "text",
        Kind::Word => "word",
        Kind::Int => "number",
        Kind::Bool => "yes/no",
        Kind::Size => "size",
        Kind::Duration => "duration",
        Kind::Ip => "address",
        Kind::Net => "address/prefix",
        Kind::Mac => "Ethernet address",
        Kind::Mode => "mode",
        Kind::Time => "moment",
        Kind::Record(_) => "record",
        Kind::List(inner) => return format!("list of {}", self::kind(inner)),
    };
    word.to_owned()
}

fn cell(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ").replace('|', "\\|")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_reference_in_the_repository_is_current() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/probes.md");
        if std::env::var_os("UPDATE").is_some() {
            std::fs::write(path, markdown()).unwrap();
        }
        let written = std::fs::read_to_string(path).unwrap_or_default();
        assert!(written == markdown(), "docs/probes.md is stale: UPDATE=1 cargo test --lib reference");
    }

    #[test]
    fn families_declare_what_is_there_and_document_everything() {
        let mut names: Vec<&str> = FAMILIES.iter().map(|family| family.name).collect();
        names.sort_unstable();
        let count = names.len();
        names.dedup();
        assert_eq!(names.len(), count, "a name twice: {names:?}");
        for family in FAMILIES {
            let schema = (family.args)().to_value();
            let argument = |name: &str| schema["properties"].get(name).is_some();
            assert!(!family.summary.trim().is_empty() && !family.about.fields.is_empty(), "{}", family.name);
            for watch in family.about.watches {
                assert!(!matches!(watch, Watch::Argument(name) if !argument(name)), "{}: {watch:?}", family.name);
            }
            for path in family.about.paths {
                assert!(argument(path), "{}: {path}", family.name);
            }
            for (name, property) in schema["properties"].as_object().into_iter().flatten() {
                let what = property["description"].as_str();
                assert!(what.is_some(), "{}.{name}", family.name);
                let is_path = what.is_some_and(|what| what.starts_with("Absolute path"));
                assert!(!is_path || family.about.paths.contains(&name.as_str()), "{}.{name}", family.name);
            }
            assert_documented(family.name, family.about.fields);
        }
    }

    fn assert_documented(family: &str, all: &[Field]) {
        for field in all {
            assert!(!field.doc.trim().is_empty(), "{family}.{}", field.name);
            let inner = if let Kind::List(inner) = field.kind { *inner } else { field.kind };
            if let Kind::Record(inside) = inner {
                assert_documented(family, inside);
            }
        }
    }
}
