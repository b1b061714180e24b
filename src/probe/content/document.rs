//! Documents of any format as one kind of tree.

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};
use serde::Deserialize as _;
use serde_json::{Map, Value as Json};

use super::Format;

/// Elements deeper than this are refused: nobody writes them, and each level costs stack.
const DEPTH: usize = 128;

/// Reads a document; the error is the reader's own words.
pub(super) fn parse(format: Format, text: &str) -> Result<Json, String> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    match format {
        Format::Json => serde_json::from_str(text).map_err(|error| error.to_string()),
        Format::Toml => toml::from_str(text).map_err(|error| error.message().to_owned()),
        Format::Yaml => yaml(text),
        Format::Xml => xml(text),
        Format::Ini => Ok(ini(text)),
        Format::Text => Ok(Json::String(text.to_owned())),
    }
}

/// The first document of the file. The reader bounds depth and repeated aliases.
fn yaml(text: &str) -> Result<Json, String> {
    match serde_norway::Deserializer::from_str(text).next() {
        Some(document) => Json::deserialize(document).map_err(|error| error.to_string()),
        None => Ok(Json::Null),
    }
}

/// Sections are tables; a key that repeats is a list.
fn ini(text: &str) -> Json {
    let mut root = Map::new();
    let mut section: Option<String> = None;
    for line in text.lines().map(str::trim) {
        if line.is_empty() || line.starts_with(['#', ';']) {
            continue;
        }
        if let Some(name) = line.strip_prefix('[').and_then(|rest| rest.split_once(']')).map(|(name, _)| name.trim()) {
            section = Some(name.to_owned());
            root.entry(name).or_insert_with(|| Json::Object(Map::new()));
            continue;
        }
        let Some((key, value)) = line.split_once(['=', ':']) else { continue };
        let table = match &section {
            None => Some(&mut root),
            Some(name) => root.get_mut(name).and_then(Json::as_object_mut),
        };
        if let Some(table) = table {
            add(table, key.trim(), Json::from(unquoted(value.trim())));
        }
    }
    Json::Object(root)
}

fn unquoted(value: &str) -> &str {
    let inside = |mark: char| value.strip_prefix(mark)?.strip_suffix(mark);
    inside('"').or_else(|| inside('\'')).unwrap_or(value)
}

fn add(table: &mut Map<String, Json>, key: &str, value: Json) {
    match table.get_mut(key) {
        None => {
            table.insert(key.to_owned(), value);
        }
        Some(Json::Array(several)) => several.push(value),
        Some(one) => *one = Json::Array(vec![one.take(), value]),
    }
}

/// An element being read.
struct Open {
    name: String,
    table: Map<String, Json>,
    text: String,
}

impl Open {
    /// An element with nothing but text is its text.
    fn close(self) -> Json {
        let mut table = self.table;
        let text = self.text.trim();
        if table.is_empty() {
            return Json::from(text);
        }
        if !text.is_empty() {
            table.insert("#text".to_owned(), Json::from(text));
        }
        Json::Object(table)
    }
}

/// Elements by their local names; several of one name are a list.
fn xml(text: &str) -> Result<Json, String> {
    let mut reader = Reader::from_str(text);
    let mut open = vec![Open { name: String::new(), table: Map::new(), text: String::new() }];
    loop {
        match reader.read_event().map_err(|error| error.to_string())? {
            Event::Start(start) if open.len() <= DEPTH => open.push(begin(&start)?),
            Event::Start(_) => return Err(format!("more than {DEPTH} levels")),
            Event::Empty(start) => {
                let element = begin(&start)?;
                put(&mut open, element);
            }
            Event::End(_) => {
                if let Some(element) = open.pop() {
                    put(&mut open, element);
                }
            }
            Event::Text(part) => push(&mut open, &part),
            Event::CData(part) => push(&mut open, &part),
            Event::GeneralRef(name) => {
                push(&mut open, &entity(&name).ok_or_else(|| format!("&{};", &*name))?);
            }
            Event::Eof => break,
            _ => {}
        }
    }
    match (open.pop(), open.is_empty()) {
        (Some(root), true) if root.table.len() == 1 => Ok(Json::Object(root.table)),
        _ => Err("no single root element".to_owned()),
    }
}

/// The five of XML and those by number.
fn entity(name: &str) -> Option<String> {
    let code = match name {
        "amp" => '&',
        "lt" => '<',
        "gt" => '>',
        "quot" => '"',
        "apos" => '\'',
        _ => {
            let digits = name.strip_prefix('#')?;
            let code = match digits.strip_prefix(['x', 'X']) {
                Some(hex) => u32::from_str_radix(hex, 16),
                None => digits.parse(),
            };
            char::from_u32(code.ok()?)?
        }
    };
    Some(code.to_string())
}

fn begin(start: &BytesStart<'_>) -> Result<Open, String> {
    let mut table = Map::new();
    for attribute in start.attributes() {
        let attribute = attribute.map_err(|error| error.to_string())?;
        let name = format!("@{}", local(attribute.key.as_ref()));
        add(&mut table, &name, Json::from(unescaped(&attribute.value)));
    }
    Ok(Open { name: local(start.name().as_ref()), table, text: String::new() })
}

/// An attribute's value with its entities read; those that are not known stay as they are.
fn unescaped(value: &str) -> String {
    let mut parts = value.split('&');
    let mut whole = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        match part.split_once(';').and_then(|(name, rest)| Some((entity(name)?, rest))) {
            Some((character, rest)) => whole.extend([character.as_str(), rest]),
            None => whole.extend(["&", part]),
        }
    }
    whole
}

fn local(name: &str) -> String {
    name.rsplit(':').next().unwrap_or_default().to_owned()
}

fn put(open: &mut [Open], element: Open) {
    if let Some(parent) = open.last_mut() {
        let name = element.name.clone();
        add(&mut parent.table, &name, element.close());
    }
}

fn push(open: &mut [Open], text: &str) {
    if let Some(element) = open.last_mut() {
        element.text.push_str(text);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    #[test]
    fn an_ini_file() {
        let text =
            "root = 1\n[global]\n; workgroup = NO\n  workgroup = \"ATELIER\"\nhosts: a\nhosts = b\n[share]\nnoise\n";
        let expected = json!({ "root": "1", "global": { "workgroup": "ATELIER", "hosts": ["a", "b"] }, "share": {} });
        assert_eq!(parse(Format::Ini, text).unwrap(), expected);
    }

    #[test]
    fn an_xml_file() {
        let text = "<?xml version='1.0'?><d:domain type='kvm &amp; more'><name>poste &lt;1&gt;</name><disk/><disk n='2'>x</disk></d:domain>";
        let expected = json!({ "domain": { "@type": "kvm & more", "name": "poste <1>", "disk": ["", { "@n": "2", "#text": "x" }] } });
        assert_eq!(parse(Format::Xml, text).unwrap(), expected);
        for broken in ["<a><b></a>", "", "<a/><b/>", "<a>", "plain", "<a>&mine;</a>"] {
            assert!(parse(Format::Xml, broken).is_err(), "{broken}");
        }
        assert!(parse(Format::Xml, &"<a>".repeat(5_000)).is_err());
    }

    #[test]
    fn yaml_toml_and_json() {
        assert_eq!(parse(Format::Yaml, "a:\n  - b: 1\n---\nc: 2\n").unwrap(), json!({ "a": [{ "b": 1 }] }));
        assert_eq!(parse(Format::Toml, "[a]\nb = [1, 'x']\n").unwrap(), json!({ "a": { "b": [1, "x"] } }));
        assert_eq!(parse(Format::Json, "\u{feff}{\"a\": null}").unwrap(), json!({ "a": null }));
        for format in [Format::Yaml, Format::Toml, Format::Json] {
            assert!(parse(format, "[a\n").is_err());
        }
    }

    #[test]
    fn aliases_of_aliases_do_not_fill_the_memory() {
        let mut text = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n".to_owned();
        for level in 1..12 {
            let refers = vec![format!("*a{}", level - 1); 9].join(", ");
            text.extend([format!("a{level}: &a{level} [{refers}]\n")]);
        }
        assert!(parse(Format::Yaml, &text).is_err());
    }

    #[test]
    fn deep_documents_are_refused() {
        for format in [Format::Json, Format::Yaml, Format::Toml] {
            let text = format!("{}{}", if format == Format::Toml { "a = " } else { "" }, "[".repeat(20_000));
            assert!(parse(format, &text).is_err());
        }
    }

    proptest! {
        #[test]
        fn any_text_is_read(text in "\\PC{0,80}", marks in "[<>/a&;#x'\"=\\[\\]{}:*, \n-]{0,60}") {
            for format in [Format::Ini, Format::Json, Format::Toml, Format::Xml, Format::Yaml] {
                let _ = (parse(format, &text), parse(format, &marks));
            }
        }
    }
}
