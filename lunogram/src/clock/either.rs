//! A two-way select. `tokio::select!` would need tokio's `macros` feature.

use std::future::poll_fn;
use std::pin::pin;
use std::task::Poll;

/// Which of two futures completed first.
pub(crate) enum Either<A, B> {
    One(A),
    Other(B),
}

/// Completes with the first of two futures and drops the other. If both are ready, the first one
/// wins.
pub(crate) async fn either<A, B>(
    one: impl Future<Output = A>,
    other: impl Future<Output = B>,
) -> Either<A, B> {
    let (mut one, mut other) = (pin!(one), pin!(other));
    poll_fn(|context| match one.as_mut().poll(context) {
        Poll::Ready(output) => Poll::Ready(Either::One(output)),
        Poll::Pending => other.as_mut().poll(context).map(Either::Other),
    })
    .await
}
