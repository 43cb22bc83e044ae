//! The subject of an event, of traits or of a schedule, as a type.

use crate::subject_kind::SubjectKind;

/// A kind of subject: [`User`] or [`Organization`].
///
/// ```
/// use lunogram::LunogramEvent;
/// use lunogram::subject::{Organization, Subject};
///
/// #[derive(LunogramEvent)]
/// #[lunogram(organization)]
/// struct ContractSigned<'a> {
///     #[lunogram(external_id)]
///     company: &'a str,
/// }
///
/// fn of_organizations(_: &impl LunogramEvent<Subject = Organization>) {}
/// fn of_any_subject<S: Subject>(_: &impl LunogramEvent<Subject = S>) {}
///
/// of_organizations(&ContractSigned { company: "org_456" });
/// of_any_subject(&ContractSigned { company: "org_456" });
/// ```
pub trait Subject: sealed::Sealed + Send + Sync + 'static {
    #[doc(hidden)]
    const KIND: SubjectKind;
}

/// The subject is a user: the default.
///
/// ```
/// use lunogram::{LunogramEvent, subject};
///
/// fn users_only(event: &impl LunogramEvent<Subject = subject::User>) -> &'static str {
///     event.event_name()
/// }
/// ```
#[derive(Clone, Copy, Debug)]
pub enum User {}

/// The subject is an organization: `#[lunogram(organization)]`.
///
/// ```
/// use lunogram::{LunogramEvent, subject};
///
/// type Organization = subject::Organization;
///
/// fn organizations_only(event: &impl LunogramEvent<Subject = Organization>) -> &'static str {
///     event.event_name()
/// }
/// ```
#[derive(Clone, Copy, Debug)]
pub enum Organization {}

impl Subject for User {
    const KIND: SubjectKind = SubjectKind::User;
}

impl Subject for Organization {
    const KIND: SubjectKind = SubjectKind::Organization;
}

mod sealed {
    pub trait Sealed {}
    impl Sealed for super::User {}
    impl Sealed for super::Organization {}
}
