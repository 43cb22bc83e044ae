//! The id of one assignment of a schedule.

use uuid::Uuid;

/// The types of an `#[lunogram(id)]` field: a [`Uuid`], or an `Option` or reference of one.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be the id of a schedule",
    label = "not the id of a schedule",
    note = "the id of a schedule is a `uuid::Uuid`, or an `Option` of one: the server assigns it"
)]
pub trait ScheduleIdField {
    fn id(&self) -> Option<Uuid>;
}

#[diagnostic::do_not_recommend]
impl ScheduleIdField for Uuid {
    fn id(&self) -> Option<Uuid> {
        Some(*self)
    }
}

#[diagnostic::do_not_recommend]
impl<T: ScheduleIdField> ScheduleIdField for Option<T> {
    fn id(&self) -> Option<Uuid> {
        self.as_ref().and_then(ScheduleIdField::id)
    }
}

#[diagnostic::do_not_recommend]
impl<T: ScheduleIdField + ?Sized> ScheduleIdField for &T {
    fn id(&self) -> Option<Uuid> {
        (**self).id()
    }
}
