//! A request of a client on a manual clock, from its start to its response. A server on the same
//! clock marks the request while it waits for time, so that the clock knows that nothing happens
//! before it is advanced.

use super::manual::Manual;
use std::sync::Arc;
use std::time::Duration;

/// The header that names the exchange of a request to the server.
pub(crate) const HEADER: &str = "x-lunogram-exchange";

/// The client's side of a request in flight.
#[derive(Debug)]
pub(crate) struct Exchange {
    clock: Arc<Manual>,
    id: u64,
}

impl Exchange {
    pub(super) fn begin(clock: &Arc<Manual>) -> Self {
        Self {
            clock: Arc::clone(clock),
            id: clock.begin_exchange(),
        }
    }

    /// The value of [`HEADER`].
    pub(crate) fn id(&self) -> u64 {
        self.id
    }

    /// Completes when the time-out of the request has passed: on the clock from the moment at which
    /// a server of the clock has the request, and in real time for any other server.
    pub(super) async fn time_out(&self, after: Duration) {
        let on_the_clock = async {
            self.clock.exchange_is_known(self.id).await;
            let until = super::later(self.clock.now(), after);
            self.clock.sleep_until(until).await;
        };
        let in_real_time = async {
            tokio::time::sleep(after).await;
            if self.clock.is_known(self.id) {
                std::future::pending::<()>().await;
            }
        };
        super::either(on_the_clock, in_real_time).await;
    }
}

impl Drop for Exchange {
    fn drop(&mut self) {
        self.clock.end_exchange(self.id);
    }
}

/// The server's side of a request. With the real clock, or for a client of another clock, it does
/// nothing.
#[derive(Clone, Debug, Default)]
pub(crate) struct Served(Option<(Arc<Manual>, u64)>);

impl Served {
    pub(super) fn new(clock: &Arc<Manual>, id: u64) -> Self {
        clock.know_exchange(id);
        Self(Some((Arc::clone(clock), id)))
    }

    /// Reports that the server has answered or cut the connection, whatever it still does.
    pub(crate) fn answered(&self) {
        if let Some((clock, id)) = &self.0 {
            clock.answer_exchange(*id);
        }
    }

    /// Awaits something that needs the clock to be advanced.
    pub(crate) async fn hold<T>(&self, future: impl Future<Output = T>) -> T {
        let _hold = self.0.as_ref().map(|(clock, id)| Hold::new(clock, *id));
        future.await
    }
}

/// Guard: the server waits for time before it answers.
struct Hold<'c> {
    clock: &'c Manual,
    id: u64,
}

impl<'c> Hold<'c> {
    fn new(clock: &'c Manual, id: u64) -> Self {
        clock.hold_exchange(id, true);
        Self { clock, id }
    }
}

impl Drop for Hold<'_> {
    fn drop(&mut self) {
        self.clock.hold_exchange(self.id, false);
    }
}
