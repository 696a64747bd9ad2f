//! What is said while cases run, one line for each that has ended.

use rescind_model::CaseResult;

use crate::terminal::paint::{Paint, of_verdict};
use crate::text::{duration, one_line};

/// Characters of a finding or a reason that are shown.
const DETAIL_CHARS: usize = 200;

/// The line for a case that has ended: `[ 3/38] pass spanner/go/cancel-wins (1.2 s)`, with the broken rules, or why it
/// was not run.
pub fn line(done: usize, total: usize, case: &CaseResult, color: bool) -> String {
    let digits = total.to_string().len();
    let verdict = Paint { color }.text(of_verdict(case.verdict), &case.verdict.to_string());
    let mut line = format!("[{done:>digits$}/{total}] {verdict} {}", case.id);
    if case.observation.is_some() {
        line.push_str(&format!(" ({})", duration(case.wall_ms)));
    }
    let mut rules: Vec<&str> = case.findings.iter().map(|finding| finding.rule.id()).collect();
    rules.dedup();
    if !rules.is_empty() {
        line.push_str(&format!(": {}", rules.join(", ")));
    } else if let Some(reason) = case.reason.as_deref().and_then(|reason| reason.lines().next()) {
        line.push_str(&format!(": {}", one_line(reason, DETAIL_CHARS)));
    }
    line
}
