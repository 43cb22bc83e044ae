use lunogram::{LunogramEvent, UserTraits};
use serde::Serialize;

#[derive(UserTraits, Serialize)]
struct Plan {
    #[lunogram(external_id)]
    #[serde(skip)]
    account: String,
    #[serde(rename = "tier")]
    plan: String,
}

#[derive(LunogramEvent)]
struct PlanChanged {
    #[lunogram(external_id)]
    user: String,
    #[lunogram(flatten)]
    old: Plan,
    #[serde(flatten)]
    new: Plan,
}

fn main() {}
