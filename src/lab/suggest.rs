//! The nearest valid word.

use std::collections::BTreeSet;

use crate::i18n::Message;
use crate::msg;

/// Below this likeness (Jaro-Winkler) a suggestion would be a guess.
const LIKENESS: f64 = 0.75;

/// The mend for an unknown word: the nearest valid one, then all of them; none where there is no valid word.
pub(super) fn nearest<'a>(word: &str, valid: impl IntoIterator<Item = &'a str>) -> Option<Message> {
    let mut valid: Vec<&str> = valid.into_iter().collect();
    let mut seen = BTreeSet::new();
    valid.retain(|word| seen.insert(*word));
    if valid.is_empty() {
        return None;
    }
    let list = valid.join(", ");
    Some(match closest(word, &valid) {
        Some(near) => msg!("lab-did-you-mean", near = near, list = list),
        None => msg!("lab-valid-words", list = list),
    })
}

/// The nearest of many valid words, alone (a list would be too long).
pub(super) fn nearest_only<'a>(word: &str, valid: impl IntoIterator<Item = &'a str>) -> Option<Message> {
    let valid: Vec<&str> = valid.into_iter().collect();
    closest(word, &valid).map(|near| msg!("lab-did-you-mean-only", near = near))
}

fn closest<'a>(word: &str, valid: &[&'a str]) -> Option<&'a str> {
    let word = word.to_lowercase();
    valid
        .iter()
        .map(|candidate| (strsim::jaro_winkler(&word, &candidate.to_lowercase()), *candidate))
        .filter(|(likeness, _)| *likeness >= LIKENESS)
        .max_by(|left, right| left.0.total_cmp(&right.0))
        .map(|(_, candidate)| candidate)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_word_is_offered_and_a_far_one_is_not() {
        assert_eq!(closest("criterio", &["question", "criterion", "hint"]), Some("criterion"));
        assert_eq!(closest("xyz", &["question", "criterion", "hint"]), None);
        assert_eq!(nearest("a", []), None);
    }
}
