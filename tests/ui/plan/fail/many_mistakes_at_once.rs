use lunogram::{AnyEvent, LunogramEvent, event_name};

#[derive(LunogramEvent)]
struct PurchaseCompleted {
    #[lunogram(external_id)]
    user: String,
    amonut: f64,
    coupon: Vec<u16>,
    currency: u8,
    gift: bool,
}

#[derive(LunogramEvent)]
struct SignedUp {
    #[lunogram(external_id)]
    user: String,
}

fn main() {
    // The impls exist in spite of the errors, so this causes no further error.
    let _ = SignedUp { user: event_name!("signed_in").to_owned() }.check();
}
