//! What a case meets in the place of the service: a listener of its own, in clear text and over TLS.
//!
//! A front stands between one case and the emulator, wherever that is. It shows the certificate of an [authority](Pki)
//! made for the run, gives out [access tokens](token), lets nobody ask for another project than the case's own, and
//! knows at any moment whether anything is [on its way](Look) between it and the case.
//!
//! Each front runs on one thread of its own, so that the system can be asked what that thread does.

mod account;
mod answering;
mod besides;
mod forwarder;
mod handler;
mod keystore;
mod ledger;
mod listener;
mod look;
mod passing;
mod pki;
#[cfg(target_os = "linux")]
mod sockets;
#[cfg(test)]
mod tests;
#[cfg(target_os = "linux")]
mod thread;
mod token;
mod upstream;
mod variables;

pub use pki::{Pki, PkiError};
pub use upstream::Upstream;

use std::io;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::sync::{Arc, mpsc};
use std::thread::JoinHandle;

use rescind_emulator::Scope;
use rescind_world::Look;
use tokio::runtime::Builder;
use tokio_rustls::TlsAcceptor;
use tokio_util::sync::CancellationToken;

use self::handler::CaseHandler;
use self::ledger::Ledger;
use self::listener::Listener;
use self::look::Lookout;

/// What answers for one case. Dropping it stops it at once: nothing listens any more then, and every connection is gone.
pub struct Front {
    address: SocketAddr,
    ledger: Arc<Ledger>,
    scope: Arc<Scope>,
    lookout: Lookout,
    stop: CancellationToken,
    thread: Option<JoinHandle<()>>,
}

impl Front {
    /// Starts a front for the case with this project. When this returns, clients can connect. Under the names `besides`
    /// it gives out tokens, and has nothing else.
    ///
    /// # Errors
    /// The system has no more ports, threads or descriptors to give.
    pub fn start(upstream: Upstream, project: &str, besides: &[String], pki: &Pki) -> io::Result<Front> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        listener.set_nonblocking(true)?;
        let address = listener.local_addr()?;
        let runtime = Builder::new_current_thread().enable_all().build()?;
        let (ledger, scope) = (Arc::new(Ledger::default()), Arc::new(Scope::of(project)));
        let stop = CancellationToken::new();
        let handler = CaseHandler::new(upstream, Arc::clone(&scope), besides.into(), Arc::clone(&ledger));
        let acceptor = TlsAcceptor::from(pki.server_config());
        let (entered, enters) = mpsc::sync_channel(1);
        let until = stop.clone();
        let thread =
            std::thread::Builder::new().name(format!("front {}", address.port())).spawn(move || {
                let watched = look::this_thread();
                runtime.block_on(async {
                    // Within the runtime, whose reactor the listener needs.
                    let listening = tokio::net::TcpListener::from_std(listener);
                    let started = listening.map(|listener| Listener::new(listener, acceptor, handler));
                    match started {
                        Ok(listener) => {
                            // Nobody waits any more only if the thread that starts this has panicked.
                            let _ = entered.send(watched);
                            until.run_until_cancelled(listener.accept()).await;
                        }
                        Err(error) => drop(entered.send(Err(error))),
                    }
                });
            })?;
        // Made first, so that the thread is joined even if it did not start.
        let mut front =
            Front { address, ledger, scope, lookout: Lookout::blind(), stop, thread: Some(thread) };
        let watched = enters.recv().unwrap_or_else(|_| Err(io::Error::other("the front's thread ended")))?;
        front.lookout = Lookout::new(watched, address, Arc::clone(&front.ledger))?;
        Ok(front)
    }

    /// Where the case reaches it: `127.0.0.1:PORT`.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Whether anything is on its way between the case and its front. To be asked while all threads of the case sleep,
    /// which have made `connects` connections to [`address`](Self::address), or are about to.
    ///
    /// Exact, and never a matter of time: as long as the answer is [`Look::Quiet`], nothing will happen on any of the
    /// connections until a thread of the case runs again.
    pub fn look(&self, connects: u64) -> Look {
        self.lookout.look(connects)
    }

    /// What was asked for that is not the case's own, in order: `project other (DeleteBackup over gRPC)`,
    /// `the control API (GET /rescind/v1/projects)`.
    pub fn strangers(&self) -> Vec<String> {
        self.scope.strangers()
    }

    /// A number that grows with every request that is received and with every reply that is sent.
    pub fn activity(&self) -> u64 {
        self.ledger.activity()
    }
}

impl Drop for Front {
    fn drop(&mut self) {
        self.stop.cancel();
        if let Some(thread) = self.thread.take() {
            // A thread that panicked has ended as well.
            let _ = thread.join();
        }
    }
}
