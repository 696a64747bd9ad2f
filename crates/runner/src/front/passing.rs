//! The body of a reply that is passed on.

use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use hyper::body::{Body, Frame, SizeHint};
use rescind_emulator::wire::Connection;

/// A body that breaks off as it came: with a reset of the connection.
#[derive(Debug)]
pub struct Passing<B> {
    body: B,
    connection: Connection,
}

impl<B> Passing<B> {
    /// Passes a body on to who is at the other end of a connection.
    pub fn new(body: B, connection: Connection) -> Passing<B> {
        Passing { body, connection }
    }
}

impl<B: Body<Data = Bytes> + Unpin> Body for Passing<B> {
    type Data = Bytes;
    type Error = B::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, B::Error>>> {
        match Pin::new(&mut self.body).poll_frame(context) {
            Poll::Ready(Some(Err(_))) => {
                self.connection.reset();
                // What is served here ends with the connection, and nothing more is to be said on it.
                Poll::Pending
            }
            polled => polled,
        }
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }
}
