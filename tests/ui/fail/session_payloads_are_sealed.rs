use lunogram::__private::Writer;
use lunogram::session::{SessionEvent, SessionSchedule, SessionTraits};

struct OfAnotherUser;

impl SessionEvent for OfAnotherUser {
    fn name(&self) -> &str {
        "page_viewed"
    }

    fn write(&self, _: &mut Writer<'_>) {}
}

impl SessionTraits for OfAnotherUser {
    fn write(&self, _: &mut Writer<'_>) {}
}

impl SessionSchedule for OfAnotherUser {
    fn name(&self) -> &str {
        "reminder"
    }

    fn write(&self, _: &mut Writer<'_>) {}
}

fn main() {}
