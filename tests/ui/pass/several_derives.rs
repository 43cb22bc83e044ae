//! One type with several derives.

use lunogram::{LunogramEvent, OrganizationTraits, UserTraits};
use serde::Serialize;

#[derive(Clone, Debug, PartialEq, LunogramEvent, UserTraits, OrganizationTraits, Serialize)]
#[lunogram(rename_all = "camelCase", description = "an account of a user or an organization")]
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
    LunogramEvent::check(&account).unwrap();
    UserTraits::check(&account).unwrap();
    OrganizationTraits::check(&account).unwrap();
    Wrapped { user: 1, account: Box::new(account), none: () }.check().unwrap();
}
