//! Connections that a fault can reset, and that take everything with them that was done for them.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use hyper::rt::Executor;
use hyper_util::server::conn::auto::Builder;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio_util::sync::CancellationToken;

use rescind_engine::Delivery;

/// How many requests may be under way on one HTTP/2 connection.
const CONCURRENT_STREAMS: u32 = 1024;

/// The connection that a request came on, as far as its answer can reset it. Clones are the same connection.
#[derive(Clone, Debug, Default)]
pub struct Connection {
    shared: Arc<Shared>,
}

#[derive(Debug, Default)]
struct Shared {
    /// Cancelled when the connection is to be reset.
    reset: CancellationToken,
    /// Cancelled when its stream is gone.
    gone: CancellationToken,
}

impl Connection {
    /// The stream of this connection. When it is dropped after a reset, the client sees a reset, not an orderly end.
    pub fn watch(&self, stream: TcpStream) -> ResettableStream {
        ResettableStream { stream, connection: self.clone() }
    }

    /// What serves HTTP/1 and HTTP/2 on this connection. What it spawns ends with the connection: the tasks of HTTP/2's
    /// streams, of which one that waits for a reply that is [never](Delivery::Never) to come would wait for ever.
    ///
    /// There is no time-out: a connection may be idle for as long as its client likes.
    pub fn builder(&self) -> Builder<Tasks> {
        let mut builder = Builder::new(self.tasks());
        builder.http2().max_concurrent_streams(CONCURRENT_STREAMS);
        builder
    }

    /// What spawns tasks that end with this connection.
    pub fn tasks(&self) -> Tasks {
        Tasks { gone: self.shared.gone.clone() }
    }

    /// Spawns a task that ends with this connection.
    pub fn spawn<F>(&self, task: F)
    where
        F: Future + Send + 'static,
        F::Output: Send + 'static,
    {
        self.tasks().execute(task);
    }

    /// Returns when the reply may be sent: never, if there is to be none, and the connection is then reset.
    pub(super) async fn deliver(&self, delivery: Delivery) {
        match delivery {
            Delivery::AtOnce => {}
            Delivery::After(delay) => tokio::time::sleep(delay).await,
            Delivery::Never => {
                self.reset();
                std::future::pending().await
            }
        }
    }

    /// Has the connection reset. Whoever serves it is to drop its stream as soon as it [is](Self::is_reset).
    pub fn reset(&self) {
        self.shared.reset.cancel();
    }

    /// Returns when the connection is to be reset, which is done by dropping its stream.
    pub async fn is_reset(&self) {
        self.shared.reset.cancelled().await;
    }
}

/// Spawns what belongs to a connection, and ends it with the connection. Not before: the end of a task is the end of a
/// stream, of which the client would be told.
#[derive(Clone, Debug)]
pub struct Tasks {
    gone: CancellationToken,
}

impl<F> Executor<F> for Tasks
where
    F: Future + Send + 'static,
    F::Output: Send + 'static,
{
    fn execute(&self, task: F) {
        tokio::spawn(self.gone.clone().run_until_cancelled_owned(task));
    }
}

/// A stream that can be reset.
#[derive(Debug)]
pub struct ResettableStream {
    stream: TcpStream,
    connection: Connection,
}

impl Drop for ResettableStream {
    fn drop(&mut self) {
        if self.connection.shared.reset.is_cancelled() {
            // Where the system cannot, the client sees the connection end without a reply, which is nearly the same.
            let _ = self.stream.set_zero_linger();
        }
        self.connection.shared.gone.cancel();
    }
}

impl AsyncRead for ResettableStream {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(context, buffer)
    }
}

impl AsyncWrite for ResettableStream {
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
