use lunogram::UpsertUserRequest;
use lunogram::session::Session;

fn save(session: &Session) {
    drop(session.upsert_user(&UpsertUserRequest::new("user_456").locale("nl-NL")));
}

fn main() {}
