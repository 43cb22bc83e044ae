use lunogram::ScheduleRequest;
use lunogram::session::Session;

fn remind(session: &Session) {
    drop(session.schedule(&ScheduleRequest::every("reminder", "user_456", "24h")));
}

fn main() {}
