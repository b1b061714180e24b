//! Secrets in what a file or a program says: password hashes, private keys, `password = …`. They are compared like the rest
//! and never shown, whatever the probe.

use std::borrow::Cow;
use std::sync::LazyLock;

use regex::{Captures, Regex};

/// What is shown instead.
pub(super) const MASK: &str = "•••";

type Pattern = LazyLock<Option<Regex>>;
type Replace = fn(&Captures) -> String;

/// A key in PEM (RFC 7468) or of OpenSSH; what follows the first line of one that is cut is part of it.
static KEY: Pattern = LazyLock::new(|| {
    Regex::new(r"(?s)-----BEGIN [A-Z0-9 ]*PRIVATE KEY.*?(-----END [A-Z0-9 ]*PRIVATE KEY[A-Z ]*-----|\z)").ok()
});
/// A hash of crypt(5).
static HASH: Pattern = LazyLock::new(|| Regex::new(r"!?\$[a-z0-9-]{1,12}\$[./A-Za-z0-9$=,+]{8,}").ok());
/// A line of shadow(5) or gshadow(5) whose second field holds something.
static SHADOW: Pattern =
    LazyLock::new(|| Regex::new(r"(?m)^([^:\s]+:)([^:\s!*]{2}[^:\n]*)(:\d*:\d*:\d*:\d*:\d*:\d*:)").ok());
/// A setting whose name says what it is.
static SETTING: Pattern = LazyLock::new(|| {
    let names = "pass(?:word|wd|phrase)|secret|psk|wpa_passphrase|private_?key|presharedkey|api_?key|mot de passe";
    Regex::new(&format!(r#"(?i)\b({names})(["']?\s*[=:]\s*)(?:"[^"\n]*"|'[^'\n]*'|[^\s"';,]+)"#)).ok()
});

/// Whether a private key is in it.
pub(super) fn has_key(text: &str) -> bool {
    text.contains("PRIVATE KEY")
}

/// The text without its secrets.
pub(super) fn censored(text: &str) -> Cow<'_, str> {
    let mut shown = Cow::Borrowed(text);
    // Most texts have none of the marks: they cost no regular expression.
    let marks: [(&Pattern, bool, Replace); 4] = [
        (&KEY, has_key(text), |_| MASK.to_owned()),
        (&HASH, text.contains('$'), |_| MASK.to_owned()),
        (&SHADOW, text.contains(':'), |found| format!("{}{MASK}{}", &found[1], &found[3])),
        (&SETTING, text.contains(['=', ':']), |found| format!("{}{}{MASK}", &found[1], &found[2])),
    ];
    for (pattern, _, replace) in marks.into_iter().filter(|(_, is_marked, _)| *is_marked) {
        if let Some(pattern) = pattern.as_ref() {
            shown = Cow::Owned(pattern.replace_all(&shown, replace).into_owned());
        }
    }
    shown
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn hashes_of_passwords_are_not_shown() {
        let shadow = "root:$y$j9T$abcdefgh$ijklmnopqrstuvw:19000:0:99999:7:::\nbin:*:1:0:9:7:::\nold:ab0123456789x:1:0:9:7:::\nx:!$6$salt1234$hash:1::::::\n";
        let shown = censored(shadow);
        assert_eq!(shown, "root:•••:19000:0:99999:7:::\nbin:*:1:0:9:7:::\nold:•••:1:0:9:7:::\nx:•••:1::::::\n");
    }

    #[test]
    fn private_keys_are_not_shown_even_cut() {
        let key = "before\n-----BEGIN OPENSSH PRIVATE KEY-----\nc2VjcmV0\n-----END OPENSSH PRIVATE KEY-----\nafter";
        assert_eq!(censored(key), "before\n•••\nafter");
        assert_eq!(censored("-----BEGIN EC PRIVATE KEY-----\nc2Vjc"), MASK);
        assert_eq!(censored("[Interface]\nPrivateKey = c2VjcmV0c2VjcmV0\n"), "[Interface]\nPrivateKey = •••\n");
    }

    #[test]
    fn settings_that_say_so_are_not_shown() {
        assert_eq!(censored("password = \"a b\"; user = x"), "password = •••; user = x");
        assert_eq!(censored("{\"secret\": \"s3\", \"n\": 1}"), "{\"secret\": •••, \"n\": 1}");
        for plain in [
            "PasswordAuthentication no",
            "password requisite pam_unix.so",
            "a:b",
            "cost $5",
            "root:x:0:0:root:/root:/bin/sh",
        ] {
            assert_eq!(censored(plain), plain);
        }
    }

    proptest! {
        #[test]
        fn any_text_is_read(text in "\\PC{0,120}", lines in "([a-z:$=!-]{0,12}\n){0,6}") {
            let _ = (censored(&text), censored(&lines));
        }
    }
}
