//! `JUnit` XML: a criterion that isn't met is a failure, one that can't be told an error, one that waits is skipped.

use quick_junit::{NonSuccessKind, Report, TestCase, TestCaseStatus, TestSuite};

use super::{Line, reasons};
use crate::i18n::Lang;
use crate::verdict::Status;

/// One suite of this name.
pub fn junit(name: &str, lines: &[Line<'_>], lang: Lang) -> Result<String, quick_junit::SerializeError> {
    let mut suite = TestSuite::new(name);
    suite.add_test_cases(lines.iter().map(|line| case(name, line, lang)));
    let mut report = Report::new("paillasse");
    report.add_test_suite(suite);
    report.to_string()
}

fn case(suite: &str, line: &Line<'_>, lang: Lang) -> TestCase {
    let why = reasons(line.verdict, lang).join("\n");
    let status = match line.verdict.status {
        Status::Pass => TestCaseStatus::success(),
        Status::Waiting => {
            let mut skipped = TestCaseStatus::skipped();
            skipped.set_message(why);
            skipped
        }
        Status::Fail | Status::Unknown => {
            let is_failure = line.verdict.status == Status::Fail;
            let kind = if is_failure { NonSuccessKind::Failure } else { NonSuccessKind::Error };
            let mut status = TestCaseStatus::non_success(kind);
            status.set_message(line.title).set_description(why);
            status
        }
    };
    let mut case = TestCase::new(line.verdict.id.as_str(), status);
    case.set_classname(suite);
    case
}
