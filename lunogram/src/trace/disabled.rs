//! Stand-in for [`enabled`](super) without the feature `tracing`: everything compiles to nothing.

use super::Record;
use crate::error::Error;
use crate::wire::Operation;

#[derive(Clone, Debug, Default)]
pub(crate) struct Log {}

#[expect(clippy::unused_self, reason = "the same interface as with the feature")]
impl Log {
    pub(crate) fn begin(&self) {}

    pub(crate) fn has_subscriber(&self) -> bool {
        false
    }

    pub(crate) fn emit(&self, _: Record<'_>) {}

    pub(crate) fn delivery_span(&self, _: Operation, _: usize) -> DeliverySpan {
        DeliverySpan
    }
}

pub(crate) struct DeliverySpan;

#[expect(clippy::unused_self, reason = "the same interface as with the feature")]
impl DeliverySpan {
    pub(crate) fn delivered(&self, _: &Log, _: usize) {}

    pub(crate) fn failed(&self, _: &Log, _: u32, _: &Error) {}
}

pub(crate) fn is_emitting() -> bool {
    false
}

pub(crate) struct NoGuard;

pub(crate) fn without_subscriber() -> NoGuard {
    NoGuard
}

pub(crate) fn call<T>(_: Operation, call: impl Future<Output = T>) -> impl Future<Output = T> {
    call
}
