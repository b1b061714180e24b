//! Markdown as one HTML page that prints well and needs nothing else: no script, no font, no address.

use pulldown_cmark::{Event, Options, Parser, html};

use crate::i18n::Lang;

const STYLE: &str = include_str!("dossier.css");

/// What of Markdown's extensions is read.
pub(super) fn options() -> Options {
    Options::ENABLE_TABLES
}

/// The page. HTML inside the Markdown is shown, not followed.
#[must_use]
pub(super) fn page(markdown: &str, title: &str, lang: Lang) -> String {
    let events = Parser::new_ext(markdown, options()).map(|event| match event {
        Event::Html(text) | Event::InlineHtml(text) => Event::Text(text),
        other => other,
    });
    let mut body = String::new();
    html::push_html(&mut body, events);
    let title = escaped(title);
    let lang = lang.code();
    format!(
        "<!doctype html>\n<html lang=\"{lang}\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width\">\n<title>{title}</title>\n<style>\n{STYLE}</style>\n\
         </head>\n<body>\n{body}</body>\n</html>\n"
    )
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_of_the_text_becomes_a_tag() {
        let page = page("<script>alert(1)</script>\n\na <b>gras</b>\n", "<t> & co", Lang::Fr);
        assert!(page.contains("&lt;script&gt;") && !page.contains("<script") && !page.contains("<b>"), "{page}");
        assert!(page.contains("<title>&lt;t&gt; &amp; co</title>") && page.contains("lang=\"fr\""));
    }
}
