//! What an event, a set of traits or a schedule is about.

/// A kind of subject: [`User`] or [`Organization`].
pub trait Subject: sealed::Sealed + Send + Sync + 'static {
    #[doc(hidden)]
    const KIND: SubjectKind;
}

/// About a user: the default.
#[derive(Clone, Copy, Debug)]
pub enum User {}

/// About an organization: `#[lunogram(organization)]`.
#[derive(Clone, Copy, Debug)]
pub enum Organization {}

/// The kinds of subject as a value.
#[doc(hidden)]
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SubjectKind {
    User,
    Organization,
}

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
