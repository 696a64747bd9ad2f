//! What there is to say of each rule: `docs/rules.md`, the one source of `rescind explain` and of the help texts in SARIF.

use std::sync::LazyLock;

use rescind_model::{Rule, suggestion};

/// The page, as it was when the program was built.
const PAGE: &str = include_str!("../../../docs/rules.md");

/// The lead-ins of the parts of a section, in the order in which they stand there.
const PARTS: [&str; 4] =
    ["**What it means.**", "**Example.**", "**How to mend it.**", "**How to switch it off.**"];

/// The id of the rule that a stale entry of the list of known failures breaks.
pub const STALE: &str = "stale-known-failure";

/// The rules besides those of the judge: what a report finds without a broken expectation.
pub const OF_REPORT: [(&str, &str); 3] = [
    ("unexpected-pass", "The case passes, although the list of known failures says that it fails."),
    ("flaky", "The case does not do the same thing each time."),
    (STALE, "An entry of the list of known failures has expired or matches nothing."),
];

/// What there is to say of a rule. The texts are Markdown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RuleHelp {
    /// The rule's stable id.
    pub id: &'static str,
    /// What it means that it is broken, in one sentence.
    pub description: &'static str,
    /// What that means for those who run the sample.
    pub meaning: &'static str,
    /// Code or output that breaks it.
    pub example: &'static str,
    /// What to do about it.
    pub mend: &'static str,
    /// How it is kept from failing a run.
    pub switch_off: &'static str,
    /// All of it, but for the heading.
    pub text: &'static str,
}

/// The text is the id of no rule.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is not the id of a rule{}; `rescind explain` lists them",
    suggestion(text, all().iter().map(|rule| rule.id)))]
pub struct UnknownRule {
    /// What was read.
    pub text: String,
}

/// Every rule, those of the judge first, each with what the page says of it.
pub fn all() -> &'static [RuleHelp] {
    static ALL: LazyLock<Vec<RuleHelp>> = LazyLock::new(|| ids().filter_map(section).collect());
    &ALL
}

/// What there is to say of the rule with this id.
///
/// # Errors
/// There is no such rule.
pub fn explain(id: &str) -> Result<&'static RuleHelp, UnknownRule> {
    all().iter().find(|rule| rule.id == id).ok_or_else(|| UnknownRule { text: id.to_owned() })
}

/// The place of a rule's section, in this version of the page.
pub fn help_uri(id: &str, version: &str) -> String {
    format!("{}/blob/v{version}/docs/rules.md#{id}", env!("CARGO_PKG_REPOSITORY"))
}

fn ids() -> impl Iterator<Item = &'static str> {
    Rule::ALL.iter().map(|rule| rule.id()).chain(OF_REPORT.iter().map(|(id, _)| *id))
}

/// The section of a rule; none if the page has no such section, or one without one of its parts.
fn section(id: &'static str) -> Option<RuleHelp> {
    let (_, rest) = PAGE.split_once(&format!("\n## `{id}`\n"))?;
    let text = rest.split("\n## ").next().unwrap_or(rest).trim();
    let (description, mut rest) = text.split_once(PARTS[0])?;
    let mut parts = [""; 4];
    for (part, lead) in parts.iter_mut().zip(PARTS.iter().skip(1).map(Some).chain([None])) {
        let split = lead.map_or(Some((rest, "")), |lead| rest.split_once(lead))?;
        (*part, rest) = (split.0.trim(), split.1);
    }
    let [meaning, example, mend, switch_off] = parts;
    Some(RuleHelp { id, description: description.trim(), meaning, example, mend, switch_off, text })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_rule_has_a_section_with_every_part_and_the_page_has_no_other() {
        let told: Vec<&str> = all().iter().map(|rule| rule.id).collect();
        assert_eq!(told, ids().collect::<Vec<_>>());
        let headings = PAGE.lines().filter_map(|line| line.strip_prefix("## `")?.strip_suffix('`'));
        assert_eq!(headings.collect::<Vec<_>>(), told, "in this order");
        for rule in all() {
            for part in [rule.meaning, rule.example, rule.mend, rule.switch_off] {
                assert!(part.len() > 20 && !part.contains("**"), "{}: {part}", rule.id);
            }
            assert_eq!(rule.text.matches("```").count() % 2, 0, "{}", rule.id);
            // In SARIF a brace begins a placeholder (3.11.5), and a link that is relative leads nowhere.
            assert!(!rule.text.contains(['{', '}']) && !rule.text.contains("]("), "{}", rule.id);
        }
    }

    #[test]
    fn the_page_and_the_program_describe_a_rule_alike() {
        let of_judge = Rule::ALL.iter().map(|rule| (rule.id(), rule.description()));
        for (id, description) in of_judge.chain(OF_REPORT) {
            assert_eq!(explain(id).unwrap().description, description);
        }
    }

    #[test]
    fn a_misspelt_rule_gets_a_suggestion() {
        insta::assert_snapshot!(explain("leaked-bakcup").unwrap_err(), @"`leaked-bakcup` is not the id of a rule (did you mean `leaked-backup`?); `rescind explain` lists them");
        insta::assert_snapshot!(explain("x").unwrap_err(), @"`x` is not the id of a rule; `rescind explain` lists them");
    }

    #[test]
    fn the_place_of_a_section_is_an_absolute_uri() {
        let uri = help_uri("leaked-backup", "1.2.3");
        assert!(uri.starts_with("https://") && uri.ends_with("/v1.2.3/docs/rules.md#leaked-backup"), "{uri}");
    }
}
