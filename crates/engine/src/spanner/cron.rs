//! The crontab of a backup schedule: five fields, in UTC, at most every 12 hours (full backups) or 4 (incremental ones).

use std::collections::BTreeSet;

/// Checks the text of a crontab against the shortest time between two backups, in hours. The frequencies that
/// backup_schedule.proto allows are 12 hours, a day, a week and a month.
///
/// # Errors
/// What is wrong with it.
pub fn check(text: &str, shortest_hours: u32) -> Result<(), String> {
    let fields: Vec<&str> = text.split_whitespace().collect();
    let [minute, hour, day, month, weekday] = fields.as_slice() else {
        return Err(format!("it has {} fields instead of 5", fields.len()));
    };
    single(minute, 0, 59, "minute")?;
    let hours = expand(hour, 0, 23).ok_or_else(|| format!("`{hour}` is no hour"))?;
    if *month != "*" {
        return Err(format!("the month must be `*`, not `{month}`"));
    }
    for (field, first, last, what) in [(day, 1, 31, "day of the month"), (weekday, 0, 7, "day of the week")] {
        if *field != "*" {
            single(field, first, last, what)?;
        }
    }
    if *day != "*" && *weekday != "*" {
        return Err("it names both a day of the month and a day of the week".to_owned());
    }
    let hours: Vec<u32> = hours.into_iter().collect();
    let gap = |index: usize| (hours[(index + 1) % hours.len()] + 24 - hours[index]) % 24;
    let too_often = hours.len() > 1 && (0..hours.len()).any(|index| gap(index) < shortest_hours);
    if too_often { Err(format!("it is due more often than every {shortest_hours} hours")) } else { Ok(()) }
}

fn single(field: &str, first: u32, last: u32, what: &str) -> Result<(), String> {
    let within = field.parse().is_ok_and(|number: u32| (first..=last).contains(&number));
    if within { Ok(()) } else { Err(format!("`{field}` is no single {what}")) }
}

/// The numbers of `2`, `2,14`, `*`, `*/12`, `2/12`, `2-4` and lists of them.
fn expand(field: &str, first: u32, last: u32) -> Option<BTreeSet<u32>> {
    let mut numbers = BTreeSet::new();
    for part in field.split(',') {
        let (range, step) = match part.split_once('/') {
            Some((range, step)) => (range, Some(step.parse::<u32>().ok().filter(|step| *step > 0)?)),
            None => (part, None),
        };
        let (from, to) = match (range, range.split_once('-')) {
            ("*", _) => (first, last),
            (_, Some((from, to))) => (from.parse().ok()?, to.parse().ok()?),
            // `2/12` runs to the end, `2` is but itself.
            (number, None) => {
                let from = number.parse().ok()?;
                (from, if step.is_some() { last } else { from })
            }
        };
        if from < first || to > last || from > to {
            return None;
        }
        numbers.extend((from..=to).step_by(usize::try_from(step.unwrap_or(1)).ok()?));
    }
    Some(numbers)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_examples_of_the_proto_are_allowed() {
        for text in
            ["0 2/12 * * * ", "0 2,14 * * * ", "0 2 * * * ", "0 2 * * 0 ", "0 2 8 * * ", "30 */12 * * *"]
        {
            assert_eq!(check(text, 12), Ok(()), "{text}");
        }
        assert_eq!(check("0 */4 * * *", 4), Ok(()));
    }

    #[test]
    fn other_frequencies_and_other_texts_are_not() {
        let error = |text| check(text, 12).unwrap_err();
        insta::assert_snapshot!(error("0 */4 * * *"), @"it is due more often than every 12 hours");
        insta::assert_snapshot!(error("0 2,13 * * *"), @"it is due more often than every 12 hours");
        insta::assert_snapshot!(error("* 2 * * *"), @"`*` is no single minute");
        insta::assert_snapshot!(error("0 24 * * *"), @"`24` is no hour");
        insta::assert_snapshot!(error("0 2 32 * *"), @"`32` is no single day of the month");
        insta::assert_snapshot!(error("0 2 8 * 0"), @"it names both a day of the month and a day of the week");
        insta::assert_snapshot!(error("0 2 * 5 *"), @"the month must be `*`, not `5`");
        insta::assert_snapshot!(error("@daily"), @"it has 1 fields instead of 5");
    }

    proptest! {
        #[test]
        fn no_text_makes_the_check_panic(text in "[0-9*/, -]{0,20}") {
            let _ = check(&text, 12);
        }
    }
}
