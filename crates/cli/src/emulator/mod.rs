//! `rescind emulator`: the emulator by itself, free-running, for people and for other test suites.

mod announce;
mod awake;
mod listeners;
mod log;
mod seed;
mod token_file;

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use anyhow::anyhow;
use rescind_emulator::control::{ControlAddress, ControlServer, Guard};
use rescind_emulator::{Emulator, EmulatorOptions};
use rescind_engine::{Settings, services};
use rescind_model::exit;
use rescind_runner::find_emulator;

use self::announce::{Announcement, announce};
use self::listeners::Listeners;
use self::token_file::TokenFile;
use crate::args::EmulatorArgs;
use crate::failure::Failure;
use crate::output::say;
use crate::signals::Signals;
use crate::{runtime, token};

/// Serves until a [signal](Signals) asks it to end.
///
/// # Errors
/// An address that other machines can reach and that was not explicitly allowed; a port that is taken; a seed that is
/// wrong. With `--check`: no emulator answers.
pub fn emulator(args: &EmulatorArgs) -> Result<u8, Failure> {
    if let Some(address) = &args.check {
        let asked = runtime::start()?.block_on(find_emulator(address));
        return asked.map(|_| exit::OK).map_err(Failure::setup);
    }
    if !args.host.is_loopback() && !args.allow_remote {
        return Err(Failure::usage(anyhow!(
            "{} can be reached from other machines, and the emulator has no authentication; \
             say --allow-remote if that is meant",
            args.host
        )));
    }
    if let ControlAddress::Tcp(address) = &args.control
        && !address.ip().is_loopback()
        && !args.allow_remote
    {
        return Err(Failure::usage(anyhow!(
            "--control {address} can be reached from other machines; say --allow-remote if that is meant"
        )));
    }
    runtime::start()?.block_on(serve(args))
}

async fn serve(args: &EmulatorArgs) -> Result<u8, Failure> {
    // Signals are caught before anybody can know that the emulator is there.
    let mut signals = Signals::catch()?;
    let mut choices = Settings::default();
    args.choice.iter().for_each(|choice| choices.extend(choice));
    let emulator = Emulator::with(EmulatorOptions {
        clock: Arc::new(SystemTime::now),
        operation_time: Some(args.operation_time),
        services: services().with(&choices).map_err(Failure::usage)?,
        observer: args.log.map(log::observer),
    });
    seed::seed(&emulator, args)?;
    let grpc = Listeners::bind(&emulator, args.host, args.grpc_port).await?;
    let rest = Listeners::bind(&emulator, args.host, args.rest_port).await?;
    let (token, note) = control_token(args)?;
    let guard = Guard { token, any_host: args.allow_remote };
    let control = ControlServer::bind(emulator.clone(), args.control.clone(), guard).await;
    let control = control.map_err(Failure::setup)?;
    if !args.host.is_loopback() {
        say(format!("warning: other machines can reach {}, and there is no authentication", args.host));
    }
    let token_file = args.access_token_file.as_deref().map(TokenFile::write).transpose()?;
    announce(
        &Announcement {
            grpc: grpc.told(args.host),
            rest: rest.told(args.host),
            control: control.place().to_string(),
            token: note,
            access_token_file: token_file.as_ref().map(TokenFile::quoted),
            project: emulator.projects().into_iter().next(),
        },
        args.log,
    )?;
    let awake = tokio::spawn(awake::stay_awake(emulator.requests()));
    tokio::select! {
        () = signals.next() => {}
        () = idle(&emulator, args.stop_when_idle) => {}
    }
    awake.abort();
    drop(control);
    tokio::join!(grpc.shutdown(), rest.shutdown());
    Ok(exit::OK)
}

/// The token that the control API is to want, and the line by which it is told to whoever may have it. One that was
/// given is known already; at a Unix socket the system says who may connect.
fn control_token(args: &EmulatorArgs) -> Result<(Option<String>, String), Failure> {
    Ok(match (&args.control_token, &args.control) {
        (Some(token), _) => (Some(token.clone()), String::new()),
        (None, ControlAddress::Unix(_)) => (None, String::new()),
        (None, ControlAddress::Tcp(_)) => {
            let token = token::fresh()?;
            let line = format!("export RESCIND_CONTROL_TOKEN={token}\n");
            (Some(token), line)
        }
    })
}

/// Returns when nobody has asked the emulator anything for so long; never, if no time is given.
async fn idle(emulator: &Emulator, time: Option<Duration>) {
    let Some(time) = time else { return std::future::pending().await };
    let mut requests = emulator.requests();
    while tokio::time::timeout(time, requests.changed()).await.is_ok() {}
}
