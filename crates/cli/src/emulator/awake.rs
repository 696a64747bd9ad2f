//! Staying awake for the next request.
//!
//! A client that makes one call after another sends the next one within microseconds of the reply to the last. If all of
//! the server's threads sleep by then, the system has to wake a core up for it, which on a virtual machine takes longer
//! than to answer. docs/performance.md has what this is worth.

use std::time::{Duration, Instant};

use tokio::runtime::Handle;
use tokio::sync::watch;
use tokio::task::yield_now;

/// How long a thread stays awake after a request: a call there and back takes no longer on loopback.
const AWAKE: Duration = Duration::from_micros(200);

/// Keeps one thread of the runtime looking for work for a moment after each request. Where there is one thread only, it
/// would be in the client's way, and this returns at once.
pub async fn stay_awake(mut requests: watch::Receiver<u64>) {
    if Handle::current().metrics().num_workers() < 2 {
        return;
    }
    while requests.changed().await.is_ok() {
        let until = Instant::now() + AWAKE;
        look_for_work(|| Instant::now() < until).await;
    }
}

async fn look_for_work(awake: impl Fn() -> bool) {
    while awake() {
        // All other tasks have their turn, and what the system has for them is fetched without waiting for it.
        yield_now().await;
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicU32, Ordering};

    use super::*;

    #[tokio::test]
    async fn while_it_is_awake_all_other_tasks_have_their_turn() {
        let turns = Arc::new(AtomicU32::new(0));
        let other = Arc::clone(&turns);
        // There is one thread only: this runs if the other lets it.
        tokio::spawn(async move {
            for _ in 0..10 {
                other.fetch_add(1, Ordering::Relaxed);
                yield_now().await;
            }
        });
        look_for_work(|| turns.load(Ordering::Relaxed) < 10).await;
    }

    #[tokio::test]
    async fn the_only_thread_is_left_to_the_client() {
        let requests = watch::Sender::new(0);
        stay_awake(requests.subscribe()).await;
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn it_ends_with_the_emulator() {
        let requests = watch::Sender::new(0);
        let awake = tokio::spawn(stay_awake(requests.subscribe()));
        requests.send_modify(|requests| *requests += 1);
        drop(requests);
        awake.await.unwrap();
    }
}
