//! One line for each request, to standard error.

use std::io::Write as _;
use std::sync::Arc;

use rescind_emulator::{Observed, Observer};
use rescind_model::{Code, Term, Transport};
use serde::Serialize;

use crate::args::LogFormat;

/// Writes a line for each request that is observed.
pub fn observer(format: LogFormat) -> Observer {
    Arc::new(move |observed| {
        let line = match format {
            LogFormat::Json => json(observed),
            LogFormat::Pretty => pretty(observed),
        };
        // Whoever closed standard error wants no log; the emulator serves on.
        let _ = writeln!(std::io::stderr().lock(), "{line}");
    })
}

#[derive(Serialize)]
struct Line<'a> {
    time: String,
    transport: Transport,
    rpc: &'a str,
    resource: &'a str,
    code: Code,
    #[serde(skip_serializing_if = "Option::is_none")]
    own_code: Option<&'a str>,
    #[serde(skip_serializing_if = "str::is_empty")]
    message: &'a str,
    decisions: Vec<&'a Term>,
    duration_us: u128,
}

fn json(observed: &Observed) -> String {
    let entry = &observed.entry;
    let line = Line {
        time: observed.received.to_string(),
        transport: entry.transport,
        rpc: &entry.rpc,
        resource: &entry.resource,
        code: entry.reply.code,
        own_code: observed.own_code,
        message: &entry.reply.message,
        decisions: entry.terms().collect(),
        duration_us: observed.took.as_micros(),
    };
    let written = serde_json::to_string(&line);
    debug_assert!(written.is_ok(), "writing JSON into memory cannot fail");
    written.unwrap_or_default()
}

fn pretty(observed: &Observed) -> String {
    let entry = &observed.entry;
    let transport = match entry.transport {
        Transport::Grpc => "gRPC",
        Transport::Rest => "REST",
    };
    let mut line = format!("{} {transport} {}", observed.received, entry.rpc);
    // What is no RPC goes by its path, which says already what it is about.
    if !entry.resource.is_empty() && !entry.rpc.ends_with(&entry.resource) {
        line += &format!(" {}", entry.resource);
    }
    line += &format!(" {}", entry.reply.code);
    if let Some(code) = observed.own_code {
        line += &format!(" {code}");
    }
    line += &format!(" in {} µs", observed.took.as_micros());
    for term in entry.terms() {
        line += &format!(" {term}");
    }
    if !entry.reply.message.is_empty() {
        line += &format!(": {}", entry.reply.message);
    }
    // A name or a message that a client chose cannot begin a line of its own.
    line.replace(|c: char| c.is_control(), " ")
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use rescind_engine::Time;
    use rescind_model::{Decided, Entry, Reply, Touched};

    use super::*;

    fn observed() -> Observed {
        Observed {
            received: Time::from_micros(1_795_262_400_000_001),
            took: Duration::from_micros(42),
            own_code: None,
            entry: Entry {
                seq: 1,
                transport: Transport::Grpc,
                rpc: "GetBackup".to_owned(),
                request: None,
                resource: "projects/p/instances/i/backups/b\n1".to_owned(),
                decisions: vec![Decided::of("get1:not-found".parse().unwrap(), &[])],
                reply: Reply { code: Code::NotFound, message: "gone".to_owned(), operation: None },
                fault: true,
                before: Touched::default(),
                after: Touched::default(),
            },
        }
    }

    #[test]
    fn a_request_is_a_line_whatever_its_name() {
        insta::assert_snapshot!(json(&observed()), @r#"{"time":"2026-11-21T12:00:00.000001Z","transport":"grpc","rpc":"GetBackup","resource":"projects/p/instances/i/backups/b\n1","code":"NOT_FOUND","message":"gone","decisions":["get1:not-found"],"duration_us":42}"#);
        insta::assert_snapshot!(pretty(&observed()), @"2026-11-21T12:00:00.000001Z gRPC GetBackup projects/p/instances/i/backups/b 1 NOT_FOUND in 42 µs get1:not-found: gone");
    }

    #[test]
    fn a_path_is_told_once_and_an_error_by_the_number_that_its_api_has_for_it() {
        let mut unknown = observed();
        unknown.entry.rpc = "GET /v1/nonsense".to_owned();
        unknown.entry.resource = "nonsense".to_owned();
        unknown.entry.decisions.clear();
        unknown.own_code = Some("DBS.201214");
        insta::assert_snapshot!(pretty(&unknown), @"2026-11-21T12:00:00.000001Z gRPC GET /v1/nonsense NOT_FOUND DBS.201214 in 42 µs: gone");
        assert!(json(&unknown).contains(r#""code":"NOT_FOUND","own_code":"DBS.201214","message":"gone""#));
        unknown.entry.reply = Reply { code: Code::Ok, message: String::new(), operation: None };
        unknown.own_code = None;
        insta::assert_snapshot!(pretty(&unknown), @"2026-11-21T12:00:00.000001Z gRPC GET /v1/nonsense OK in 42 µs");
    }
}
