//! Rules about a type that derives `ExternalId`.

use crate::errors::Errors;
use crate::model::Newtype;

/// An external id is one value. How several would be joined to one is the application's decision.
pub(crate) fn external_id(newtype: &Newtype<'_>, errors: &Errors) {
    let ident = newtype.ident;
    match newtype.sent.as_deref() {
        None | Some([_]) => {}
        Some([]) => errors.at(
            ident.span(),
            format!("`{ident}` has no field that could be the external id; add one, such as `struct {ident}(String);`"),
        ),
        Some([_, second, ..]) => errors.at(
            second.span,
            format!("`{ident}` has several fields, but an external id is one value; implement `lunogram::ToExternalId` to join them, or exclude a field that is not part of the id with `#[lunogram(skip)]`"),
        ),
    }
}
