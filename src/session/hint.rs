//! Which hint fits what was seen. Pure.

use super::state::State;
use crate::lab::manifest::Hint;
use crate::verdict::Status;

/// The first hint, in the lab's order, that was not taken and fits: its criterion is not met and, where it says what must
/// have been found, `shows` has seen that.
pub(super) fn choose(hints: &[Hint], state: &State, shows: impl Fn(usize) -> bool) -> Option<usize> {
    let is_timely = |hint: &Hint| hint.when.as_ref().is_none_or(|when| is_open(state, &when.criterion));
    (0..hints.len()).find(|index| !state.hints.contains(index) && is_timely(&hints[*index]) && shows(*index))
}

/// Not met, and its turn: what waits for another criterion is not what to think about now.
fn is_open(state: &State, criterion: &str) -> bool {
    state.verdicts.get(criterion).is_none_or(|verdict| verdict.status != Status::Pass && verdict.waits_for.is_empty())
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::session::tests::{manifest, verdict};
    use crate::session::{Depth, Event, What};
    use crate::verdict::Verdict;

    fn state(verdicts: Vec<Verdict>, taken: &[usize]) -> State {
        let mut state = State::new(&manifest());
        let mut happen = |what| state.apply(&Event { work: Duration::ZERO, what });
        happen(What::Checked { depth: Depth::Now, verdicts });
        for index in taken {
            happen(What::Hint { index: *index, cost: 1 });
        }
        state
    }

    fn chosen(state: &State) -> Option<usize> {
        choose(&manifest().hints, state, |index| index > 0)
    }

    // The lab of the tests has three hints: for `a` when something was found, for `b`, and one for any moment.

    #[test]
    fn a_hint_whose_finding_was_not_seen_is_passed_over() {
        assert_eq!(chosen(&state(vec![verdict("a", Status::Fail), verdict("b", Status::Fail)], &[])), Some(1));
        let seen = state(vec![verdict("a", Status::Fail)], &[]);
        assert_eq!(choose(&manifest().hints, &seen, |_| true), Some(0));
    }

    #[test]
    fn a_hint_for_what_is_met_is_passed_over() {
        assert_eq!(chosen(&state(vec![verdict("b", Status::Pass)], &[])), Some(2));
    }

    #[test]
    fn a_hint_for_what_waits_for_another_is_passed_over() {
        let waiting = Verdict { waits_for: vec!["a".to_owned()], ..verdict("b", Status::Waiting) };
        assert_eq!(chosen(&state(vec![waiting], &[])), Some(2));
    }

    #[test]
    fn a_hint_for_what_is_only_checked_later_can_be_taken() {
        assert_eq!(chosen(&state(vec![verdict("b", Status::Waiting)], &[])), Some(1));
    }

    #[test]
    fn a_hint_is_given_once_and_then_there_is_none() {
        assert_eq!(chosen(&state(vec![verdict("b", Status::Fail)], &[1])), Some(2));
        assert_eq!(chosen(&state(Vec::new(), &[1, 2])), None);
    }
}
