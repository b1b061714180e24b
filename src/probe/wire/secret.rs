//! A password in a probe's arguments: never printed.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A password.
#[derive(Clone, Default, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(transparent)]
pub struct Secret(String);

impl Secret {
    /// The password itself, for who has to be told.
    pub(in crate::probe) fn reveal(&self) -> &str {
        &self.0
    }

    /// What a server or a program said, without the password should it repeat it.
    pub(in crate::probe) fn hide_in(&self, text: &str) -> String {
        if self.0.is_empty() { text.to_owned() } else { text.replace(&self.0, "…") }
    }
}

impl From<&str> for Secret {
    fn from(text: &str) -> Self {
        Self(text.to_owned())
    }
}

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("…")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_not_printed() {
        let secret = Secret::from("Azerty-42");
        assert_eq!(format!("{secret:?}"), "…");
        assert_eq!(secret.hide_in("bad password Azerty-42!"), "bad password …!");
        assert_eq!(Secret::default().hide_in("as it is"), "as it is");
    }
}
