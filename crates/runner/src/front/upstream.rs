//! Where the requests of a case go.

use std::net::SocketAddr;

use rescind_emulator::Emulator;

/// Where the requests of a case go.
#[derive(Clone)]
pub enum Upstream {
    /// To an emulator in this process.
    Embedded(Emulator),
    /// To an emulator that serves elsewhere, one of this version of rescind: only such a one heeds which project a
    /// request is bound to.
    Remote(SocketAddr),
}
