use lunogram::{LunogramEvent, UserTraits};
use serde::Serialize;

#[derive(UserTraits, Serialize)]
struct Plan {
    #[lunogram(external_id)]
    account: String,
    plan: String,
}

#[derive(LunogramEvent)]
struct PlanChanged<'a> {
    #[lunogram(external_id)]
    user: &'a str,
    plan: String,
    #[lunogram(flatten)]
    new: Option<&'a Plan>,
}

fn main() {}
