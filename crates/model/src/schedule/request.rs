//! What schedules call a request.

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Decision;

/// A kind of request, as schedules count them.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(from = "String", into = "String")]
#[schemars(with = "String")]
pub enum RequestKind {
    /// The request that starts a backup: CreateBackup, or GeminiDB's "create a backup".
    Create,
    /// The request that cancels: CancelOperation, or GeminiDB's "stop a backup".
    Cancel,
    /// A look at the operation once a cancel was received: GetOperation, or GeminiDB's "list jobs".
    Poll,
    /// A look at the operation before any cancel was received. Counted apart, because some client libraries look
    /// at the operation inside their `cancel` and others do not: the same schedule then fits both.
    EarlyPoll,
    /// A look at the backup: GetBackup, or GeminiDB's "list backups".
    Get,
    /// DeleteBackup, or GeminiDB's "delete a backup".
    Delete,
    /// ListBackups.
    List,
    /// No request, but what was there before. Whether that has the name that the sample asks for is decided at the first
    /// [`Create`](Self::Create), which tells it.
    Given,
    /// Any other request, by the name of its RPC: `UpdateBackup`. It can meet faults only.
    Rpc(String),
}

impl RequestKind {
    /// The kinds that have a short name.
    pub const NAMED: &'static [RequestKind] = &[
        RequestKind::Create,
        RequestKind::Cancel,
        RequestKind::Poll,
        RequestKind::EarlyPoll,
        RequestKind::Get,
        RequestKind::Delete,
        RequestKind::List,
        RequestKind::Given,
    ];

    /// The name in schedules.
    pub fn name(&self) -> &str {
        match self {
            RequestKind::Create => "create",
            RequestKind::Cancel => "cancel",
            RequestKind::Poll => "poll",
            RequestKind::EarlyPoll => "early-poll",
            RequestKind::Get => "get",
            RequestKind::Delete => "delete",
            RequestKind::List => "list",
            RequestKind::Given => "given",
            RequestKind::Rpc(name) => name,
        }
    }

    /// The kind of an RPC as a journal names it; the polls are not told apart by the cancel here.
    pub fn of_rpc(rpc: &str) -> RequestKind {
        match rpc {
            "CreateBackup" => RequestKind::Create,
            "CancelOperation" | "StopBackup" => RequestKind::Cancel,
            "GetOperation" | "ListJobs" => RequestKind::Poll,
            "GetBackup" => RequestKind::Get,
            "DeleteBackup" | "BatchDeleteBackups" => RequestKind::Delete,
            "ListBackups" => RequestKind::List,
            other => RequestKind::Rpc(other.to_owned()),
        }
    }

    /// The decisions, besides faults, that a schedule may take at such a request, the default first.
    pub fn decisions(&self) -> &'static [Decision] {
        use Decision::{
            AnotherPending, Cancelled, Done, DoneAfter, Failed, FailedAfter, Honoured, Ignored, NoDatabase,
            NotCassandra, Pending, Running, SameName, Serve,
        };
        match self {
            RequestKind::Create => &[Running, Done, DoneAfter, FailedAfter],
            RequestKind::Cancel => &[Honoured, Pending, Ignored, DoneAfter, FailedAfter],
            RequestKind::Poll => &[Done, Running, Cancelled, Failed],
            RequestKind::EarlyPoll => &[Running, Done, Failed],
            RequestKind::Given => &[SameName, AnotherPending, NoDatabase, NotCassandra],
            RequestKind::Get | RequestKind::Delete | RequestKind::List | RequestKind::Rpc(_) => &[Serve],
        }
    }
}

impl From<String> for RequestKind {
    /// The kind of this short name, or the RPC of this name.
    fn from(name: String) -> RequestKind {
        let named = RequestKind::NAMED.iter().find(|kind| kind.name() == name);
        named.cloned().unwrap_or(RequestKind::Rpc(name))
    }
}

impl From<RequestKind> for String {
    fn from(kind: RequestKind) -> String {
        kind.to_string()
    }
}

impl fmt::Display for RequestKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
