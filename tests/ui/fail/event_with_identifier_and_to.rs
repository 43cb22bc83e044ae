use lunogram::LunogramEvent;

#[derive(LunogramEvent)]
struct SignedUp {
    #[lunogram(external_id)]
    user: String,
}

fn redirect(event: SignedUp) {
    let _ = event.to("user_123");
}

fn main() {}
