//! The subject of an event, of traits or of a schedule, as a type.

use crate::wire::SubjectKind;

/// A kind of subject: [`User`] or [`Organization`].
///
/// ```
/// use lunogram::subject::{Organization, User};
/// use lunogram::{EventFor, LunogramEvent};
///
/// #[derive(LunogramEvent)]
/// #[lunogram(organization)]
/// struct ContractSigned<'a> {
///     #[lunogram(external_id)]
///     company: &'a str,
/// }
///
/// fn is_of_an_organization(_: &impl LunogramEvent<Subject = Organization>) {}
/// fn can_be_posted_for_users(_: &impl EventFor<User>) {}
///
/// is_of_an_organization(&ContractSigned { company: "org_456" });
/// can_be_posted_for_users(&lunogram::Event::new("page_viewed").to("user_123"));
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
