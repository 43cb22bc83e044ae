//! Stand-in for `Spool` when the feature `spool` is off.
//!
//! [`Spool`] and [`RecordId`] are uninhabited: an `Option<Spool>` is always `None`, so every use of
//! a spool in the queue compiles away without `cfg` attributes there. The signatures are those of
//! the real spool.

use super::deletions::Subject;
use super::stats::SpoolStats;
use crate::wire::SubjectKind;
use bytes::Bytes;
use std::convert::Infallible;
use std::io;

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct RecordId(Infallible);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Acked {
    Yes,
    No,
}

#[derive(Debug)]
pub(crate) struct Spool(Infallible);

impl Spool {
    pub(super) fn settle(&self, _: &[RecordId], _: Acked) {
        match self.0 {}
    }

    pub(super) fn ack(&self, _: &[RecordId]) -> Acked {
        match self.0 {}
    }

    pub(super) fn unack(&self, _: &[RecordId]) -> io::Result<()> {
        match self.0 {}
    }

    pub(super) fn accepted(&self) -> u64 {
        match self.0 {}
    }

    pub(super) fn is_loaded_to(&self, _: u64) -> bool {
        match self.0 {}
    }

    pub(super) fn stats(&self) -> SpoolStats {
        match self.0 {}
    }

    pub(super) fn close(&self) {
        match self.0 {}
    }

    pub(super) fn recovered_deletions(&self) -> Vec<(Subject, Bytes)> {
        match self.0 {}
    }

    pub(super) fn end_deletion(&self, _: SubjectKind, _: &Bytes, _: impl FnOnce() -> bool) {
        match self.0 {}
    }

    pub(super) fn delete_backlog(&self, _: SubjectKind, _: &Bytes) {
        match self.0 {}
    }

    pub(super) fn remove_recovered(&self) {
        match self.0 {}
    }

    pub(super) fn take_damage(&self) -> Vec<Vec<u8>> {
        match self.0 {}
    }
}
