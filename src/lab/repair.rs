//! Makes a manifest of a document whose shape is wrong: what doesn't fit is taken out, what is missing gets the least
//! that fits. Only so that the rest can be checked too, and an author is told everything at once; what was mended so is
//! never run, as its problems keep the lab out of the catalogue.

use serde_json::{Map, Value as Json};

use super::schema::schema;
use super::shape::{Tag, branches, resolve, tag, types, words};

/// Makes the JSON of a document fit the schema.
pub(super) fn repair(document: &mut Json) {
    value(document, schema());
}

fn value(json: &mut Json, schema: &Json) {
    let schema = resolve(schema);
    if let Some(branches) = branches(schema) {
        return match branches[..] {
            [only] => value(json, only),
            _ => choice(json, schema, &branches),
        };
    }
    let allowed = types(schema);
    if !(allowed.is_empty() || allowed.contains(&type_of(json)) || (json.is_i64() && allowed.contains(&"number"))) {
        *json = least(schema);
    }
    match json {
        Json::String(text) if words(schema).is_some_and(|words| !words.contains(&text.as_str())) => {
            *json = least(schema);
        }
        Json::Number(number) => {
            let bound = |key| schema.get(key).and_then(Json::as_i64);
            let number = number.as_i64().unwrap_or(0);
            if bound("minimum").is_some_and(|low| number < low) || bound("maximum").is_some_and(|high| number > high) {
                *json = least(schema);
            }
        }
        Json::Array(items) => array(items, schema),
        Json::Object(fields) => object(fields, schema),
        _ => {}
    }
}

/// An enumeration: the branch it names, else the least that fits.
fn choice(json: &mut Json, schema: &Json, branches: &[&Json]) {
    let named = branches.iter().find(|branch| match (tag(branch), &*json) {
        (Some(Tag::Word(word)), Json::String(text)) => text == word,
        (Some(Tag::Table(key)), Json::Object(fields)) => fields.len() == 1 && fields.contains_key(key),
        // No enumeration as serde writes them: serde judges it.
        (None, _) => true,
        _ => false,
    });
    match (named, json) {
        (Some(branch), Json::Object(fields)) if tag(branch).is_some() => object(fields, branch),
        (Some(_), _) => {}
        (None, json) => *json = least(schema),
    }
}

fn array(items: &mut Vec<Json>, schema: &Json) {
    let length = |key| schema.get(key).and_then(Json::as_u64).and_then(|count| usize::try_from(count).ok());
    let inner = schema.get("items").unwrap_or(&Json::Bool(true));
    items.truncate(length("maxItems").unwrap_or(usize::MAX));
    items.resize_with(items.len().max(length("minItems").unwrap_or(0)), || least(inner));
    for item in items {
        value(item, inner);
    }
}

fn object(fields: &mut Map<String, Json>, schema: &Json) {
    let known = schema.get("properties").and_then(Json::as_object);
    let others = schema.get("additionalProperties");
    let inner = |key: &String| known.and_then(|known| known.get(key)).or(others);
    fields.retain(|key, _| inner(key) != Some(&Json::Bool(false)));
    for (key, field) in fields.iter_mut() {
        if let Some(schema) = inner(key) {
            value(field, schema);
        }
    }
    for key in schema.get("required").and_then(Json::as_array).into_iter().flatten().filter_map(Json::as_str) {
        if let Some(schema) = known.and_then(|known| known.get(key)) {
            fields.entry(key).or_insert_with(|| least(schema));
        }
    }
}

/// The least value that fits.
fn least(schema: &Json) -> Json {
    let schema = resolve(schema);
    if let Some(default) = schema.get("default") {
        return default.clone();
    }
    if let Some(branches) = branches(schema) {
        return branches.first().map_or(Json::Null, |branch| least(branch));
    }
    if let Some(word) = words(schema).and_then(|words| words.first().copied().map(Json::from)) {
        return word;
    }
    match types(schema).first() {
        Some(&"string") => "".into(),
        Some(&("integer" | "number")) => schema.get("minimum").cloned().unwrap_or_else(|| 0.into()),
        Some(&"boolean") => false.into(),
        Some(&"array") => {
            let mut items = Vec::new();
            array(&mut items, schema);
            items.into()
        }
        Some(&"object") => {
            let mut fields = Map::new();
            object(&mut fields, schema);
            fields.into()
        }
        _ => Json::Null,
    }
}

fn type_of(json: &Json) -> &'static str {
    match json {
        Json::Null => "null",
        Json::Bool(_) => "boolean",
        Json::Number(number) if number.is_i64() => "integer",
        Json::Number(_) => "number",
        Json::String(_) => "string",
        Json::Array(_) => "array",
        Json::Object(_) => "object",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lab::Manifest;
    use proptest::prelude::*;
    use serde_json::json;

    #[test]
    fn nothing_at_all_becomes_a_manifest() {
        for mut document in [json!({}), json!(null), json!({"criterion": 3, "stand": [], "x": 1})] {
            repair(&mut document);
            serde_json::from_value::<Manifest>(document).unwrap();
        }
    }

    #[test]
    fn what_fits_is_left_alone() {
        let source = &crate::lab::tests::files()["lab.toml"];
        let whole = crate::lab::document::Document::parse("lab.toml", source).unwrap().root.to_json();
        let mut repaired = whole.clone();
        repair(&mut repaired);
        assert_eq!(repaired, whole);
    }

    /// Any JSON below a key of the format.
    fn anything() -> impl Strategy<Value = Json> {
        let leaf = prop_oneof![
            Just(Json::Null),
            any::<bool>().prop_map(Json::from),
            any::<i64>().prop_map(Json::from),
            any::<f64>().prop_map(Json::from),
            "[a-z]{0,6}".prop_map(Json::from),
        ];
        let keys =
            prop::sample::select(vec!["probe", "file", "path", "expect", "all", "id", "title", "fr", "machine", "x"]);
        leaf.prop_recursive(5, 40, 5, move |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..4).prop_map(Json::from),
                prop::collection::btree_map(keys.clone(), inner, 0..5)
                    .prop_map(|fields| fields.into_iter().map(|(key, field)| (key.to_owned(), field)).collect()),
            ]
        })
    }

    proptest! {
        #[test]
        fn whatever_is_written_becomes_a_manifest(
            key in prop::sample::select(vec!["criterion", "question", "variant", "stand", "ticket", "hint", "skills"]),
            found in anything(),
        ) {
            let mut document = json!({ key: found });
            repair(&mut document);
            prop_assert!(serde_json::from_value::<Manifest>(document.clone()).is_ok(), "{document}");
        }
    }
}
