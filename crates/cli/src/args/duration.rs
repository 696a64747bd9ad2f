//! Times on the command line.

use std::time::Duration;

/// The longest time that is of any use.
const LONGEST: Duration = Duration::from_secs(86_400);

/// Reads a time: `2s`, `1m 30s`, or a plain number of seconds.
///
/// # Errors
/// It is no time, or not above 0 and at most a day.
pub fn duration(text: &str) -> Result<Duration, String> {
    let seconds = text
        .parse()
        .ok()
        .map(|seconds| Duration::try_from_secs_f64(seconds).map_err(|error| error.to_string()));
    let time = seconds.unwrap_or_else(|| humantime::parse_duration(text).map_err(|error| error.to_string()));
    match time {
        Ok(time) if !time.is_zero() && time <= LONGEST => Ok(time),
        Ok(_) => Err("expected a time above 0 and at most a day".to_owned()),
        Err(error) => Err(format!("expected a time such as `2s` or `1m 30s`: {error}")),
    }
}

/// Reads a time that says its unit, where a plain number might be meant as seconds, minutes or milliseconds.
///
/// # Errors
/// As [`duration`]; and it is a plain number.
pub fn duration_with_unit(text: &str) -> Result<Duration, String> {
    let time = duration(text)?;
    match text.trim() {
        number if number.parse::<f64>().is_err() => Ok(time),
        whole if whole.parse::<u32>().is_ok() => {
            Err(format!("a unit is missing; write `{whole}s` for seconds or `{whole}m` for minutes"))
        }
        _ => Err(format!("a unit is missing; write `{}ms`", time.as_millis().max(1))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plain_number_is_refused_where_it_has_to_say_its_unit() {
        assert_eq!(duration_with_unit("5s"), Ok(Duration::from_secs(5)));
        assert_eq!(duration_with_unit("1m 30s"), Ok(Duration::from_secs(90)));
        insta::assert_snapshot!(duration_with_unit("5").unwrap_err(), @"a unit is missing; write `5s` for seconds or `5m` for minutes");
        insta::assert_snapshot!(duration_with_unit("0.5").unwrap_err(), @"a unit is missing; write `500ms`");
        for bad in ["0", "-1", "soon", "1e3"] {
            assert!(duration_with_unit(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_time_has_units_or_is_a_number_of_seconds() {
        for (text, milliseconds) in
            [("2.5", 2500), ("2s", 2000), ("1m 30s", 90_000), ("250ms", 250), ("1d", 86_400_000)]
        {
            assert_eq!(duration(text), Ok(Duration::from_millis(milliseconds)), "{text}");
        }
        for bad in ["", "0", "0s", "-1", "-1s", "NaN", "inf", "1x", "2d", "1e9", "soon"] {
            assert!(duration(bad).is_err(), "{bad}");
        }
    }
}
