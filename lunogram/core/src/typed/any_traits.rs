//! The object-safe face of the traits of users and organizations.

use super::pass_through::pass_through;
use super::{Subject, Traits};
use crate::encode::{self, Writer};
use crate::problem::{Invalid, Payload};
use crate::subject_kind::SubjectKind;

/// The traits of a user or of an organization: types with `#[derive(UserTraits)]` or
/// `#[derive(OrganizationTraits)]`, the upsert requests, and references and boxes of them.
///
/// `Client::identify` takes it. The trait is object safe, so a list can hold the traits of users
/// and organizations:
///
/// ```
/// use lunogram::{AnyTraits, Client, Error, UpsertOrganizationRequest, UserTraits};
///
/// #[derive(UserTraits)]
/// struct Customer<'a> {
///     #[lunogram(external_id)]
///     id: &'a str,
///     plan: &'a str,
/// }
///
/// # fn example(client: Client) -> Result<(), Error> {
/// let known: [Box<dyn AnyTraits>; 2] = [
///     Box::new(UpsertOrganizationRequest::new("org_456").name("Acme")),
///     Box::new(Customer { id: "user_123", plan: "pro" }),
/// ];
/// known.iter().try_for_each(|traits| client.identify(traits))
/// # }
/// ```
///
/// Applications do not implement it: they derive [`UserTraits`](derive@crate::UserTraits) or
/// [`OrganizationTraits`](derive@crate::OrganizationTraits).
#[diagnostic::on_unimplemented(
    message = "`{Self}` describes neither a user nor an organization",
    label = "not the traits of a user or an organization",
    note = "traits are a type with `#[derive(lunogram::UserTraits)]` or `#[derive(lunogram::OrganizationTraits)]`, or an upsert request",
    note = "events are sent with `send` or `track`"
)]
pub trait AnyTraits {
    /// Whether the traits describe a user or an organization.
    fn subject(&self) -> SubjectKind;

    /// Checks the traits as sending them would, without sending them.
    ///
    /// ```
    /// use lunogram::{AnyTraits, UpsertUserRequest};
    ///
    /// let request = UpsertUserRequest::new("user_123").timezone("Europe/Amsterdan");
    /// let invalid = request.check().unwrap_err();
    /// assert_eq!(invalid.problems()[0].path(), "timezone");
    /// ```
    ///
    /// # Errors
    /// Every problem of the traits, each with its path.
    fn check(&self) -> Result<(), Invalid> {
        encode::check(Payload::upsert(self.subject()), &|writer: &mut Writer| {
            self.write(writer);
        })
    }

    /// The traits as the JSON object that a client sends, for a program without a client. The
    /// object does not contain [`subject`](Self::subject), which decides the route.
    ///
    /// ```
    /// use lunogram::{AnyTraits, UpsertUserRequest};
    ///
    /// let request = UpsertUserRequest::new("user_123").locale("nl-NL");
    /// assert_eq!(
    ///     request.to_json()?,
    ///     r#"{"identifier":[{"external_id":"user_123"}],"locale":"nl-NL"}"#,
    /// );
    /// # Ok::<(), lunogram::Invalid>(())
    /// ```
    ///
    /// # Errors
    /// Every problem of the traits, each with its path.
    fn to_json(&self) -> Result<String, Invalid> {
        encode::to_json(Payload::upsert(self.subject()), &|writer: &mut Writer| {
            self.write(writer);
        })
    }

    /// Writes the whole upsert.
    #[doc(hidden)]
    fn write(&self, writer: &mut Writer<'_>);
}

#[diagnostic::do_not_recommend]
impl<T: Traits + ?Sized> AnyTraits for T {
    fn subject(&self) -> SubjectKind {
        <T::Subject as Subject>::KIND
    }

    fn write(&self, writer: &mut Writer<'_>) {
        self.encode(writer);
    }
}

pass_through!(AnyTraits {
    subject: SubjectKind
});
