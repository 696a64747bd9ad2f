//! Suggestions for misspelt words.

/// Longer words are misspelt by no accident, and comparing them takes its time.
const LONGEST: usize = 200;

/// ` (did you mean ...?)` for the candidate that is closest to a misspelt word; empty where none is close.
pub fn suggestion<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> String {
    if word.len() > LONGEST {
        return String::new();
    }
    candidates
        .into_iter()
        .map(|candidate| (strsim::damerau_levenshtein(word, candidate), candidate))
        .filter(|(distance, candidate)| *distance <= 1 + candidate.len() / 4)
        .min()
        .map(|(_, candidate)| format!(" (did you mean `{candidate}`?)"))
        .unwrap_or_default()
}

/// Words as a choice: `a, b or c`.
pub(crate) fn any_of(words: &[String]) -> String {
    match words {
        [rest @ .., last] if !rest.is_empty() => format!("{} or {last}", rest.join(", ")),
        words => words.concat(),
    }
}
