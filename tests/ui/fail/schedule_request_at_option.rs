use lunogram::ScheduleRequest;
use std::time::SystemTime;

fn main() {
    let _request = ScheduleRequest::at("trial_end", "user_123", None::<SystemTime>);
}
