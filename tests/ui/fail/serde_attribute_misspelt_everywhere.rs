use lunogram::{LunogramEvent, LunogramProperty, OrganizationTraits, Schedule};

#[derive(LunogramEvent)]
#[serde(rename_al = "camelCase")]
enum Cart {
    #[serde(rename_fields = "camelCase")]
    Updated {
        #[serde(renam = "n")]
        items: u32,
    },
}

#[derive(OrganizationTraits)]
struct Company {
    #[lunogram(external_id)]
    id: String,
    #[serde(flaten)]
    more: std::collections::BTreeMap<String, bool>,
}

#[derive(Schedule)]
#[lunogram(interval = "168h")]
struct Digest {
    #[lunogram(external_id)]
    user: String,
    #[serde(serialise_with = "lower")]
    plan: String,
}

#[derive(LunogramProperty)]
#[serde(untaged)]
enum Payment {
    #[serde(skip_serialize)]
    Card {
        #[serde(sensitive)]
        number: String,
    },
}

fn main() {}
