//! Fields and variants disabled by `#[cfg]` are ignored.

use lunogram::{AnyEvent, AnyTraits, LunogramEvent, UserTraits};

#[derive(LunogramEvent)]
#[cfg_attr(all(), lunogram(name = "purchase.completed"))]
struct PurchaseCompleted {
    #[cfg_attr(all(), lunogram(external_id))]
    user: String,
    #[cfg(any())]
    gone: NoSuchType,
    #[cfg(all())]
    amount: f64,
    #[cfg(any())]
    #[lunogram(rename = "amount")]
    total: f64,
}

#[derive(LunogramEvent)]
enum CartEvent {
    CartUpdated { items: u32 },
    #[cfg(any())]
    #[lunogram(name = "user.gone")]
    Gone { items: NoSuchType },
}

#[derive(UserTraits)]
struct Customer {
    #[lunogram(external_id)]
    id: String,
    #[cfg_attr(any(), lunogram(email))]
    email: u8,
}

fn main() {
    assert_eq!(PurchaseCompleted::NAMES, ["purchase.completed"]);
    assert_eq!(CartEvent::NAMES, ["cart_updated"]);
    let event = PurchaseCompleted { user: "u".into(), amount: 1.0 };
    event.check().unwrap();
    Customer { id: "u".into(), email: 7 }.check().unwrap();
}
