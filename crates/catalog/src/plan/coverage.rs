//! What pages have, and what of it a run takes.

use rescind_model::SampleId;

/// What one page has.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PageCoverage {
    /// The page.
    pub page: String,
    /// The languages that it has code in, each once.
    pub languages: Vec<LanguageCoverage>,
}

/// One language that a page has code in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LanguageCoverage {
    /// Its name: that of the sample's language, or what the page calls it.
    pub language: String,
    /// The sample that its code is run with, if there is one.
    pub sample: Option<SampleId>,
    /// The lines of the page that its code is from; none where it is not run.
    pub lines: Vec<u32>,
    /// Why it is not run, in a few words; none where it is.
    pub gap: Option<String>,
    /// True if it need not be run.
    pub is_allowed: bool,
}

impl PageCoverage {
    /// Notes a language that is run with a sample, by its code's lines.
    pub(crate) fn run(&mut self, sample: &SampleId, lines: Vec<u32>, is_allowed: bool) {
        let (language, sample) = (sample.language.clone(), Some(sample.clone()));
        self.languages.push(LanguageCoverage { language, sample, lines, gap: None, is_allowed });
    }

    /// Notes a language that is not run, unless some of its code is, or another gap of it is known.
    pub(crate) fn gap(&mut self, language: String, gap: String, is_allowed: bool) {
        let known = self.languages.iter_mut().find(|it| it.language == language);
        match known {
            None => {
                let (lines, gap) = (Vec::new(), Some(gap));
                self.languages.push(LanguageCoverage { language, sample: None, lines, gap, is_allowed });
            }
            // Where one gap is not allowed, another that is makes it none the better.
            Some(known) if known.gap.is_some() && !is_allowed && known.is_allowed => {
                known.gap = Some(gap);
                known.is_allowed = false;
            }
            // Code beside that of its sample, in a place where none is looked for.
            Some(known) if known.gap.is_none() && !is_allowed => known.gap = Some(gap),
            Some(_) => {}
        }
    }

    /// True if all that must be run is.
    pub fn is_complete(&self) -> bool {
        self.languages.iter().all(|it| it.gap.is_none() || it.is_allowed)
    }

    /// `6 of 8 languages; cpp, php: why`.
    pub fn summary(&self) -> String {
        let run = self.languages.iter().filter(|it| it.gap.is_none()).count();
        let all = self.languages.len();
        let mut text = format!("{run} of {all} language{}", if all == 1 { "" } else { "s" });
        let mut told: Vec<(String, Vec<&str>)> = Vec::new();
        for it in &self.languages {
            let Some(gap) = &it.gap else { continue };
            let why = format!("{gap}{}", if it.is_allowed { " (allowed)" } else { "" });
            match told.iter_mut().find(|(earlier, _)| *earlier == why) {
                Some((_, languages)) => languages.push(&it.language),
                None => told.push((why, vec![&it.language])),
            }
        }
        for (why, languages) in told {
            text += &format!("; {}: {why}", languages.join(", "));
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gaps_of_one_reason_are_told_together() {
        let mut coverage = PageCoverage::default();
        coverage.run(&"spanner/go".parse().unwrap(), vec![7], false);
        coverage.gap("php".to_owned(), "no manifest".to_owned(), false);
        coverage.gap("cpp".to_owned(), "no manifest".to_owned(), false);
        coverage.gap("php".to_owned(), "again".to_owned(), false);
        coverage.gap("ruby".to_owned(), "no fence".to_owned(), true);
        assert_eq!(coverage.summary(), "1 of 4 languages; php, cpp: no manifest; ruby: no fence (allowed)");
        assert!(!coverage.is_complete());
    }

    #[test]
    fn what_is_allowed_is_no_loss_and_a_gap_beside_code_that_is_run_is_one() {
        let mut coverage = PageCoverage::default();
        coverage.run(&"spanner/go".parse().unwrap(), vec![7], false);
        coverage.gap("ruby".to_owned(), "no fence".to_owned(), true);
        assert!(coverage.is_complete());
        coverage.gap("ruby".to_owned(), "no title".to_owned(), false);
        assert_eq!(coverage.summary(), "1 of 2 languages; ruby: no title");
        coverage.gap("go".to_owned(), "no title".to_owned(), false);
        assert_eq!(coverage.summary(), "0 of 2 languages; go, ruby: no title");
    }
}
