//! A request that is being answered: from its head to the last byte of its reply.
//!
//! Where the emulator is in this process, it answers when it has the whole request, and a request whose body is still to
//! come [waits](Waits) for the client. That is the client's affair: nothing will happen until the client goes on.

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use hyper::body::{Body, Frame, Incoming, SizeHint};

use super::ledger::Ledger;

/// Whom everything waits for while the rest of a request is to come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Waits {
    /// The client alone.
    ForTheClient,
    /// The client, and an emulator that may already answer.
    ForBoth,
}

/// A request that is being answered, for as long as this or a part of it is there.
#[derive(Clone, Debug)]
pub struct Answering {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    ledger: Arc<Ledger>,
    /// True while the rest of the request is the client's to send, and everything waits for it.
    owed: AtomicBool,
}

impl Answering {
    /// Takes down that a request was received.
    pub fn begin(ledger: &Arc<Ledger>) -> Answering {
        ledger.begin();
        Answering { shared: Arc::new(Shared { ledger: Arc::clone(ledger), owed: AtomicBool::new(false) }) }
    }

    /// The body of the request.
    pub fn request(&self, body: Incoming, waits: Waits) -> Received {
        Received { body, waits, answering: self.clone() }
    }

    /// The body of the reply, with which the request ends.
    pub fn reply<B>(self, body: B) -> ReplyBody<B> {
        ReplyBody { body, _answering: self }
    }

    fn owe(&self, owed: bool) {
        let was_owed = self.shared.owed.swap(owed, Ordering::SeqCst);
        match (was_owed, owed) {
            (false, true) => self.shared.ledger.pause(),
            (true, false) => self.shared.ledger.resume(),
            _ => {}
        }
    }
}

impl Drop for Shared {
    fn drop(&mut self) {
        if !*self.owed.get_mut() {
            self.ledger.pause();
        }
        self.ledger.end();
    }
}

/// The body of a request, which tells when it is to be waited for.
#[derive(Debug)]
pub struct Received {
    body: Incoming,
    waits: Waits,
    answering: Answering,
}

impl Body for Received {
    type Data = Bytes;
    type Error = hyper::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, hyper::Error>>> {
        let polled = Pin::new(&mut self.body).poll_frame(context);
        self.answering.owe(polled.is_pending() && self.waits == Waits::ForTheClient);
        Poll::Ready(ready!(polled))
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }
}

impl Drop for Received {
    fn drop(&mut self) {
        // Nobody waits for the rest of it.
        self.answering.owe(false);
    }
}

/// The body of a reply.
#[derive(Debug)]
pub struct ReplyBody<B> {
    body: B,
    _answering: Answering,
}

impl<B: Body + Unpin> Body for ReplyBody<B> {
    type Data = B::Data;
    type Error = B::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<B::Data>, B::Error>>> {
        Pin::new(&mut self.body).poll_frame(context)
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }
}
