//! The listeners of one port: one for each address that the host stands for.

use std::net::{IpAddr, SocketAddr};

use rescind_emulator::{Emulator, ServeError, Server};

use crate::args::ListenHost;
use crate::failure::Failure;

/// The listeners of a port.
pub struct Listeners {
    port: u16,
    servers: Vec<Server>,
}

impl Listeners {
    /// Starts to listen; port 0 takes a free port.
    ///
    /// # Errors
    /// The port is taken, or the machine does not have the address.
    pub async fn bind(emulator: &Emulator, host: ListenHost, port: u16) -> Result<Listeners, Failure> {
        let bind = |address: IpAddr, port| Server::bind(emulator.clone(), SocketAddr::new(address, port));
        let first = bind(host.address(), port).await.map_err(Failure::setup)?;
        let found = first.address().port();
        let mut servers = vec![first];
        if let Some(address) = host.besides() {
            match bind(address, found).await {
                Ok(server) => servers.push(server),
                // A port that is free at one address may be another program's at the other. Who asked for this very
                // port is told; who asked for any is served at the first address.
                Err(error) if port != 0 && is_taken(&error) => return Err(Failure::setup(error)),
                // Many a machine, and most containers, have no IPv6: `localhost` means 127.0.0.1 there.
                Err(_) => {}
            }
        }
        Ok(Listeners { port: found, servers })
    }

    /// Where clients find them.
    pub fn told(&self, host: ListenHost) -> String {
        host.with_port(self.port)
    }

    /// Stops listening, and returns when every request has been answered, or after two seconds.
    pub async fn shutdown(self) {
        let ending: Vec<_> = self.servers.into_iter().map(|server| tokio::spawn(server.shutdown())).collect();
        for end in ending {
            // It ends by panicking only, and then there is nothing left to stop.
            let _ = end.await;
        }
    }
}

fn is_taken(error: &ServeError) -> bool {
    matches!(error.source.kind(), std::io::ErrorKind::AddrInUse | std::io::ErrorKind::PermissionDenied)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::time::SystemTime;

    use tokio::net::TcpStream;

    use super::*;

    #[tokio::test]
    async fn localhost_is_every_loopback_address_that_the_machine_has() {
        let emulator = Emulator::new(Arc::new(SystemTime::now));
        let listeners = Listeners::bind(&emulator, ListenHost::Localhost, 0).await.ok().unwrap();
        let told = listeners.told(ListenHost::Localhost);
        let (host, port) = told.rsplit_once(':').unwrap();
        assert_eq!(host, "localhost");
        TcpStream::connect(format!("127.0.0.1:{port}")).await.unwrap();
        TcpStream::connect(&*told).await.unwrap();
        let again = Listeners::bind(&emulator, ListenHost::Localhost, port.parse().unwrap()).await;
        assert!(again.is_err(), "the port is taken");
        listeners.shutdown().await;
    }
}
