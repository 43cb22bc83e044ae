use lunogram::ScheduleRequest;

fn main() {
    let _ = ScheduleRequest::new("trial_end", "user_123");
}
