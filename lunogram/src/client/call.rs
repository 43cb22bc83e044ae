//! The future of an answered call.

use crate::error::Error;
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::{Mutex, PoisonError};
use std::task::{Context, Poll};

/// A call that waits for its answer: the future that every answered method of a
/// [`Client`](crate::Client) returns.
///
/// The payload was checked and encoded when the method was called, and the call owns those bytes:
/// it borrows neither the client nor the payload, and can be spawned, stored and moved between
/// threads. Nothing is sent until it is awaited. That takes a tokio runtime, unless the call is one
/// of the queue: outside of one, it fails with [`Config`](crate::ErrorKind::Config).
///
/// ```
/// use lunogram::{Call, Client, LunogramEvent};
///
/// #[derive(LunogramEvent)]
/// struct Viewed<'a> {
///     #[lunogram(external_id)]
///     user: &'a str,
/// }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let server = lunogram::testing::Server::start()?;
/// # let client = server.client();
/// let user = String::from("user_123");
/// let call: Call<()> = client.send(&Viewed { user: &user });
/// drop(user);
/// tokio::spawn(call).await??;
/// # Ok(())
/// # }
/// ```
#[must_use = "a call sends nothing until it is awaited"]
pub struct Call<T> {
    name: &'static str,
    /// Never locked: the mutex makes the call `Sync`, as every type of this crate is.
    future: Mutex<Answering<T>>,
}

type Answering<T> = Pin<Box<dyn Future<Output = Result<T, Error>> + Send>>;

impl<T> Call<T> {
    /// A call with the name that `Debug` shows: the operation's id in the contract, or the
    /// method's.
    pub(crate) fn new(
        name: &'static str,
        future: impl Future<Output = Result<T, Error>> + Send + 'static,
    ) -> Self {
        Self {
            name,
            future: Mutex::new(Box::pin(future)),
        }
    }
}

impl<T> Future for Call<T> {
    type Output = Result<T, Error>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let future = self.future.get_mut();
        let future = future.unwrap_or_else(PoisonError::into_inner);
        future.as_mut().poll(context)
    }
}

impl<T> fmt::Debug for Call<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Call").field(&self.name).finish()
    }
}
