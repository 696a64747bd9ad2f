//! The signals that ask rescind to end.

use std::{io, thread};

use anyhow::Context as _;
use rescind_model::exit;
use tokio::runtime::Builder;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio_util::sync::CancellationToken;

use crate::failure::Failure;
use crate::output::say;

/// Ctrl-C, TERM, and the hang-up of the terminal.
pub struct Signals {
    interrupt: Signal,
    terminate: Signal,
    /// None where whoever started rescind wants it to outlive the terminal: `nohup rescind run`.
    hangup: Option<Signal>,
}

impl Signals {
    /// Catches them from here on. Only within a runtime.
    ///
    /// # Errors
    /// The system refuses it.
    pub fn catch() -> Result<Signals, Failure> {
        let catch = |kind| signal(kind).context("cannot catch signals").map_err(Failure::setup);
        Ok(Signals {
            interrupt: catch(SignalKind::interrupt())?,
            terminate: catch(SignalKind::terminate())?,
            hangup: if ignores_hangup() { None } else { Some(catch(SignalKind::hangup())?) },
        })
    }

    /// Waits for the next one.
    pub async fn next(&mut self) {
        let hangup = async {
            match &mut self.hangup {
                Some(hangup) => hangup.recv().await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
            _ = hangup => {}
        }
    }
}

/// A token that is cancelled at the first signal. At the second, the process ends as it does without rescind's care.
///
/// Signals are heard from here on until the process ends, on a thread of their own: whatever it waits for, such as a pipe that
/// nobody reads, keeps none of them.
///
/// # Errors
/// The system refuses it.
pub fn cancelled_by_signals() -> Result<CancellationToken, Failure> {
    let refused =
        |error: io::Error| Failure::setup(anyhow::Error::from(error).context("cannot catch signals"));
    let runtime = Builder::new_current_thread().enable_all().build().map_err(refused)?;
    let mut signals = {
        let _within = runtime.enter();
        Signals::catch()?
    };
    let cancel = CancellationToken::new();
    let asked = cancel.clone();
    let thread = |name: &str| thread::Builder::new().name(name.to_owned());
    let listen = async move {
        signals.next().await;
        asked.cancel();
        // Where there is no thread to tell it by, it is not told.
        let told = || say("interrupted: ending the samples; once more to leave at once");
        let _ = thread("interrupted").spawn(told);
        signals.next().await;
        std::process::exit(exit::INTERRUPTED.into());
    };
    thread("signals").spawn(move || runtime.block_on(listen)).map_err(refused)?;
    Ok(cancel)
}

/// True if this process was started with the hang-up ignored. Only Linux tells.
fn ignores_hangup() -> bool {
    std::fs::read_to_string("/proc/self/status").is_ok_and(|status| ignores(&status, SignalKind::hangup()))
}

/// Reads the mask of ignored signals in proc_pid_status(5): the lowest bit is signal 1.
fn ignores(status: &str, signal: SignalKind) -> bool {
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    let mask = mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok()).unwrap_or(0);
    mask & (1 << (signal.as_raw_value() - 1)) != 0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_mask_of_ignored_signals_is_read_by_its_bits() {
        let status = "Name:\trescind\nSigBlk:\tffffffffffffffff\nSigIgn:\t0000000000001001\n";
        assert!(ignores(status, SignalKind::hangup()));
        assert!(ignores(status, SignalKind::pipe()));
        assert!(!ignores(status, SignalKind::interrupt()));
        assert!(!ignores("", SignalKind::hangup()));
    }
}
