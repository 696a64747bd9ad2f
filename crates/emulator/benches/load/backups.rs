//! What requests take among many backups.

use std::time::{Duration, Instant};

use rescind_engine::operations;
use rescind_engine::proto::{database as pb, longrunning};
use rescind_engine::spanner::database_admin as databases;

use crate::stock::{INSTANCE, Stock, id};

/// How often a single call is repeated, each time for another backup.
const CALLS: usize = 1000;

/// Prints a row for each number of backups.
pub fn times() {
    println!("| backups | get | cancel | delete | first page | full listing | with a filter |");
    println!("|---|---|---|---|---|---|---|");
    for count in [1_000, 10_000, 100_000, 1_000_000] {
        row(count);
    }
}

fn row(count: usize) {
    let mut stock = Stock::new("spanner", count - CALLS);
    // The last ones have their operations known.
    let operations = (count - CALLS..count).map(|number| stock.create(number).unwrap());
    let operations: Vec<String> = operations.collect();
    let every: Vec<usize> = (0..CALLS).map(|call| call * (count / CALLS)).collect();
    let backup = |number: &usize| format!("{INSTANCE}/backups/{}", id(*number));

    let get = average(every.iter().map(backup), |name| {
        stock.call::<databases::GetBackup>(pb::GetBackupRequest { name });
    });
    // The backups are made, so the operations have ended; to cancel one of those is legal, and has no effect.
    let cancel = average(operations.into_iter(), |name| {
        stock.call::<operations::CancelOperation>(longrunning::CancelOperationRequest { name });
    });
    let (page, _) = timed(|| list(&mut stock, "", 100, false));
    let (all, listed) = timed(|| list(&mut stock, "", 1000, true));
    assert_eq!(listed, count);
    let (filtered, found) = timed(|| list(&mut stock, "name:backup-0000000", 1000, true));
    assert_eq!(found, 1);
    let delete = average(every.iter().map(backup), |name| {
        stock.call::<databases::DeleteBackup>(pb::DeleteBackupRequest { name });
    });
    println!(
        "| {count} | {get:.1?} | {cancel:.1?} | {delete:.1?} | {page:.1?} | {all:.1?} | {filtered:.1?} |"
    );
}

fn timed<T>(call: impl FnOnce() -> T) -> (Duration, T) {
    let begin = Instant::now();
    let done = call();
    (begin.elapsed(), done)
}

/// How long a call takes, on average over [`CALLS`] names.
fn average(names: impl Iterator<Item = String>, call: impl FnMut(String)) -> Duration {
    let names: Vec<String> = names.collect();
    assert_eq!(names.len(), CALLS);
    let (elapsed, ()) = timed(|| names.into_iter().for_each(call));
    elapsed / u32::try_from(CALLS).unwrap()
}

/// Lists one page, or all; how many there were.
fn list(stock: &mut Stock, filter: &str, page_size: i32, all: bool) -> usize {
    let mut listed = 0;
    let mut page_token = String::new();
    loop {
        let (parent, filter) = (INSTANCE.to_owned(), filter.to_owned());
        let request = pb::ListBackupsRequest { parent, filter, page_size, page_token };
        let reply = stock.call::<databases::ListBackups>(request);
        listed += reply.backups.len();
        page_token = reply.next_page_token;
        if !all || page_token.is_empty() {
            return listed;
        }
    }
}
