use lunogram::{LunogramEvent, event_name};

#[derive(LunogramEvent)]
struct PurchaseCompleted {
    #[lunogram(external_id)]
    user: String,
    amonut: f64,
    coupon: Vec<u8>,
    currency: u8,
    gift: bool,
}

#[derive(LunogramEvent)]
struct SignedUp {
    #[lunogram(external_id)]
    user: String,
}

fn main() {
    // Beside all this, the types are what they are: there is no other mistake.
    let _ = SignedUp { user: event_name!("signed_in").to_owned() }.check();
}
