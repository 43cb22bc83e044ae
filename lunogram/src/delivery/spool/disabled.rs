//! Stand-in for `Spool` when the feature `spool` is off.
//!
//! [`Spool`], [`RecordId`] and [`ReadPosition`] are uninhabited: an `Option<Spool>` is always
//! `None`, so every use of a spool in the queue compiles away without `cfg` attributes there. The
//! signatures are those of the real spool.

use super::deletions::Subject;
use super::stats::SpoolStats;
use crate::wire::SubjectKind;
use bytes::Bytes;
use std::convert::Infallible;
use std::io;

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct RecordId(Infallible);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct ReadPosition(Infallible);

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

    pub(super) fn ack(&self, _: &[RecordId]) -> io::Result<()> {
        match self.0 {}
    }

    pub(super) fn unack(&self, _: &[RecordId]) -> io::Result<()> {
        match self.0 {}
    }

    pub(super) fn end(&self) -> ReadPosition {
        match self.0 {}
    }

    pub(super) fn is_loaded_to(&self, _: ReadPosition) -> bool {
        match self.0 {}
    }

    pub(super) fn unreadable(&self) -> Option<io::Error> {
        match self.0 {}
    }

    pub(super) fn set_unmarkable(&self, _: &io::Error) -> bool {
        match self.0 {}
    }

    pub(super) fn set_markable(&self) {
        match self.0 {}
    }

    pub(super) fn failed_marks(&self) -> u64 {
        match self.0 {}
    }

    pub(super) fn unmarkable(&self, _: u64) -> Option<io::Error> {
        match self.0 {}
    }

    pub(super) fn has_left(&self) -> bool {
        match self.0 {}
    }

    pub(super) fn stats(&self) -> SpoolStats {
        match self.0 {}
    }

    pub(super) fn close(&self) -> io::Result<()> {
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
}
