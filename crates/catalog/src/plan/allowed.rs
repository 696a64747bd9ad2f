//! `--allow-uncovered`: what need not be run of what is published.

use super::error::PlanError;
use super::select::Languages;
use crate::page::Uncovered;

/// The languages that need not be run.
pub struct Allowed<'a>(Option<Languages<'a>>);

impl<'a> Allowed<'a> {
    /// Those that these patterns name.
    ///
    /// # Errors
    /// A text that is no glob.
    pub fn new(patterns: &'a [String]) -> Result<Allowed<'a>, PlanError> {
        // Without a pattern, all languages would be meant.
        (!patterns.is_empty()).then(|| Languages::new(patterns)).transpose().map(Allowed)
    }

    /// True if code that no sample covers is in one of them.
    pub fn allow(&self, uncovered: &Uncovered<'_>) -> bool {
        uncovered.languages().iter().any(|language| self.allows(language))
    }

    /// True if this language is one of them.
    pub fn allows(&self, language: &str) -> bool {
        self.0.as_ref().is_some_and(|allowed| allowed.select(language))
    }
}
