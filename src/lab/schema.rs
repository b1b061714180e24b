//! JSON Schema of `lab.toml`: for editors, and for the reading itself, so that both always agree.

use std::sync::LazyLock;

use serde_json::Value;

use super::Manifest;

static SCHEMA: LazyLock<Value> = LazyLock::new(|| schemars::schema_for!(Manifest).to_value());

/// The schema (JSON Schema 2020-12), with the documentation of every key.
#[must_use]
pub fn schema() -> &'static Value {
    &SCHEMA
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_probe_family_is_in_it_with_its_documentation() {
        let families = schema()["$defs"]["Probe"]["oneOf"].as_array().unwrap();
        for family in crate::probe::FAMILIES {
            let found = families.iter().find(|branch| branch["properties"].get(family.name).is_some());
            assert!(found.is_some_and(|branch| branch["description"].is_string()), "{}", family.name);
        }
    }

    #[test]
    fn every_key_of_the_format_is_documented() {
        let text = schema()["$defs"].as_object().unwrap();
        for (name, definition) in text {
            for (key, property) in definition["properties"].as_object().into_iter().flatten() {
                assert!(property["description"].is_string(), "{name}.{key}");
            }
        }
    }
}
