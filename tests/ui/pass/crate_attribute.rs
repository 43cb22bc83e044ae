//! `crate = "…"` sets the path of `lunogram`.

mod re_exports {
    pub mod inner {
        pub use ::lunogram as client;
    }
}

use re_exports::inner::client;

#[derive(client::LunogramEvent)]
#[lunogram(crate = "crate::re_exports::inner::client")]
struct PurchaseCompleted<T> {
    #[lunogram(external_id)]
    user: u64,
    amount: T,
    #[lunogram(flatten)]
    extra: Option<Extra>,
}

#[derive(serde::Serialize)]
struct Extra {}

#[derive(client::UserTraits)]
#[lunogram(crate = "client")]
struct Customer {
    #[lunogram(external_id)]
    id: u64,
}

#[derive(client::OrganizationTraits)]
#[lunogram(crate = "::lunogram")]
struct Company {
    #[lunogram(external_id)]
    id: u64,
}

#[derive(client::Schedule)]
#[lunogram(crate = "self::client", interval = "24h")]
struct Digest {
    #[lunogram(external_id)]
    user: u64,
}

fn main() {}
