use lunogram::ScheduleRequest;

fn main() {
    let _request = ScheduleRequest::every("digest", "user_123", 24);
}
