//! Reports problems of a payload with their paths.

use super::{Failure, Writer, path};
use crate::problem::Problem;
use lunogram_rules::{ProblemKind, Violation};

impl Writer<'_> {
    /// Reports a problem of the value that would come next, and writes a placeholder for it.
    #[cold]
    pub fn report(&mut self, violation: Violation) {
        self.report_at_end(violation);
        self.literal("null");
    }

    /// Reports a problem of the value that was just written.
    #[cold]
    pub fn report_at_end(&mut self, violation: Violation) {
        let path = self.path();
        self.report_at(path, violation);
    }

    /// Reports a problem at a path.
    #[cold]
    pub(crate) fn report_at(&mut self, path: String, violation: Violation) {
        self.problems.push(Problem::new(path, violation));
    }

    /// The path of the value that would come next, or is being written.
    #[cold]
    pub(crate) fn path(&self) -> String {
        path::at_end(self.written())
    }

    /// Reports a problem of the open object, rather than of a value in it.
    #[cold]
    pub(super) fn report_in_object(&mut self, violation: Violation) {
        let path = path::of_object_at_end(self.written());
        self.report_at(path, violation);
    }

    /// Reports a failure, and removes the bytes written since `start`. The path is read first: it
    /// comes from the key, which has to be written if nothing was.
    #[cold]
    pub(super) fn refuse(&mut self, key: &'static str, start: usize, failure: Failure) {
        if self.out.len() == start {
            self.key(key);
        }
        self.report_failure(failure, Self::path);
        self.out.truncate(start);
        self.levels = 0;
    }

    /// Reports the failure of a flattened value, and removes its entries, which were written since
    /// `start`. Between two entries there is no value that the failure could be of, so it is of the
    /// object around them.
    #[cold]
    pub(super) fn refuse_entries(&mut self, start: usize, failure: Failure) {
        self.report_failure(failure, |writer| {
            path::of_unfinished_at_end(writer.written())
        });
        self.out.truncate(start);
        self.levels = 0;
    }

    fn report_failure(&mut self, failure: Failure, path: impl FnOnce(&Self) -> String) {
        let violation = failure.into_violation();
        let path = match violation.kind() {
            ProblemKind::TooDeep => path::of_outer_levels(self.written()),
            _ => path(self),
        };
        self.report_at(path, violation);
    }
}
