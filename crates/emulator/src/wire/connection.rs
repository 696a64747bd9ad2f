//! Connections that a fault can reset.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::sync::Notify;

use crate::engine::Delivery;

/// The connection that a request came on, as far as its answer can reset it. Clones are the same connection.
#[derive(Clone, Debug, Default)]
pub struct Connection {
    shared: Arc<Shared>,
}

#[derive(Debug, Default)]
struct Shared {
    reset: AtomicBool,
    told: Notify,
}

impl Connection {
    /// The stream of this connection. When it is dropped after a reset, the client sees a reset, not an orderly end.
    pub fn watch(&self, stream: TcpStream) -> Stream {
        Stream { stream, connection: self.clone() }
    }

    /// Returns when the reply may be sent: never, if there is to be none, and the connection is then reset.
    pub async fn deliver(&self, delivery: Delivery) {
        match delivery {
            Delivery::AtOnce => {}
            Delivery::After(delay) => tokio::time::sleep(delay).await,
            Delivery::Never => {
                self.shared.reset.store(true, Ordering::Release);
                self.shared.told.notify_one();
                std::future::pending().await
            }
        }
    }

    /// Returns when the connection is to be reset, which is done by dropping its stream.
    pub async fn is_reset(&self) {
        self.shared.told.notified().await;
    }
}

/// A stream that can be reset.
#[derive(Debug)]
pub struct Stream {
    stream: TcpStream,
    connection: Connection,
}

impl Drop for Stream {
    fn drop(&mut self) {
        if self.connection.shared.reset.load(Ordering::Acquire) {
            // Where the system cannot, the client sees the connection end without a reply, which is nearly the same.
            let _ = self.stream.set_zero_linger();
        }
    }
}

impl AsyncRead for Stream {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(context, buffer)
    }
}

impl AsyncWrite for Stream {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        parts: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write_vectored(context, parts)
    }
}
