//! Tests that are counted as ignored where what they need is missing.

use std::process::{Command, Stdio};

use libtest_mimic::{Failed, Trial};

/// Something that a test needs: what it is called, and whether it is there.
pub struct Need {
    pub name: &'static str,
    pub met: bool,
}

/// A program that is there if it succeeds with these arguments.
pub fn need(name: &'static str, program: &str, arguments: &[&str]) -> Need {
    let mut command = Command::new(program);
    let status = command.args(arguments).stdout(Stdio::null()).stderr(Stdio::null()).status();
    Need { name, met: status.is_ok_and(|status| status.success()) }
}

/// A test that runs where its needs are met, and is counted as ignored elsewhere.
pub fn trial(name: &str, needs: &[&Need], test: fn()) -> Trial {
    let missing: Vec<&str> = needs.iter().filter(|need| !need.met).map(|need| need.name).collect();
    let name = match missing.as_slice() {
        [] => name.to_owned(),
        missing => format!("{name} (needs {})", missing.join(", ")),
    };
    Trial::test(name, move || {
        std::panic::catch_unwind(test).map_err(|panic| {
            let text = panic.downcast_ref::<String>().cloned();
            let text = text.or_else(|| panic.downcast_ref::<&str>().map(|text| (*text).to_owned()));
            Failed::from(text.unwrap_or_else(|| "panicked".to_owned()))
        })
    })
    .with_ignored_flag(!missing.is_empty())
}
