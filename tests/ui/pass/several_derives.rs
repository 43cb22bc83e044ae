//! One type with several derives.

use lunogram::{AnyEvent, AnyTraits, LunogramEvent, UserTraits};
use serde::Serialize;

#[derive(Clone, Debug, PartialEq, LunogramEvent, UserTraits, Serialize)]
#[lunogram(rename_all = "camelCase", description = "an account of a user")]
struct Account {
    #[lunogram(external_id)]
    id: u64,
    plan_name: String,
    #[lunogram(description = "how many may come in")]
    seats: u32,
}

#[derive(LunogramEvent)]
struct Wrapped {
    #[lunogram(external_id)]
    user: u64,
    #[lunogram(flatten)]
    account: Box<Account>,
    #[lunogram(flatten)]
    none: (),
}

fn main() {
    let account = Account { id: 7, plan_name: "pro".into(), seats: 3 };
    AnyEvent::check(&account).unwrap();
    AnyTraits::check(&account).unwrap();
    AnyEvent::check(&Wrapped { user: 1, account: Box::new(account), none: () }).unwrap();
}
