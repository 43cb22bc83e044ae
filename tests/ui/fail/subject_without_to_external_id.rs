use lunogram::Event;

struct UserId(u64);

fn main() {
    let event = Event::new("signed_up").to(UserId(123));
}
