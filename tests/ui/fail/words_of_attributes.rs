//! Editors find the documentation of each word by an item of the runtime that has the span of the
//! word. Items that are deprecated show these spans, each once.

#![deny(deprecated)]

use lunogram::{ExternalId, LunogramEvent, LunogramProperty, OrganizationTraits, Schedule, UserTraits};
use serde::Serialize;

macro_rules! words {
    ($($word:ident)+) => {
        $(
            #[deprecated]
            #[allow(non_upper_case_globals)]
            pub const $word: () = ();
        )+
    };
}

mod runtime {
    pub mod __private {
        pub use lunogram::__private::*;

        pub mod words {
            pub mod on_type {
                words!(name raw_name rename_all description organization user occurred_at event_id);
                words!(interval timezone locale unplanned crate_);
            }

            pub mod on_field {
                words!(external_id source rename skip flatten string null description);
                words!(email phone timezone locale name scheduled_at interval start_at id);
            }
        }
    }
}

#[derive(LunogramEvent)]
#[lunogram(crate = "runtime", name = "order_placed", rename_all = "camelCase", description = "An order.")]
#[lunogram(user, occurred_at, event_id = "message_id", unplanned)]
struct OrderPlaced {
    #[lunogram(external_id, source = "shop")]
    user: String,
    #[lunogram(rename = "sum", string, description = "In cents.")]
    amount: u64,
    #[lunogram(null)]
    coupon: Option<String>,
    #[lunogram(skip)]
    _secret: (),
    #[lunogram(flatten)]
    more: std::collections::BTreeMap<String, String>,
}

#[derive(LunogramEvent)]
#[lunogram(organization, crate = "runtime")]
enum Shop {
    #[lunogram(raw_name = "Shop Opened")]
    Opened {
        #[lunogram(external_id)]
        shop: u32,
    },
}

#[derive(UserTraits)]
#[lunogram(crate = "runtime", timezone = "Europe/Amsterdam", locale = "nl-NL")]
struct Customer {
    #[lunogram(external_id)]
    id: u32,
    #[lunogram(email)]
    email: String,
    #[lunogram(phone)]
    phone: Option<String>,
}

#[derive(UserTraits)]
#[lunogram(crate = "runtime")]
struct Traveller {
    #[lunogram(external_id)]
    id: u32,
    #[lunogram(timezone)]
    timezone: Option<String>,
    #[lunogram(locale = "nl-NL")]
    locale: Option<String>,
}

#[derive(OrganizationTraits)]
#[lunogram(crate = "runtime")]
struct Company {
    #[lunogram(external_id)]
    id: u32,
    #[lunogram(name)]
    name: String,
}

#[derive(Schedule)]
#[lunogram(crate = "runtime", interval = "168h")]
struct Weekly {
    #[lunogram(external_id)]
    user: u32,
    #[lunogram(start_at)]
    from: chrono::DateTime<chrono::Utc>,
    #[lunogram(id)]
    id: uuid::Uuid,
}

#[derive(Schedule)]
#[lunogram(crate = "runtime")]
struct Once {
    #[lunogram(external_id)]
    user: u32,
    #[lunogram(scheduled_at)]
    at: chrono::DateTime<chrono::Utc>,
}

#[derive(Schedule)]
#[lunogram(crate = "runtime")]
struct Often {
    #[lunogram(external_id)]
    user: u32,
    #[lunogram(interval)]
    every: String,
}

#[derive(Serialize, LunogramProperty)]
#[lunogram(crate = "runtime", name = "Line")]
struct Item {
    #[lunogram(description = "How many.")]
    quantity: u32,
}

#[derive(ExternalId)]
#[lunogram(crate = "runtime")]
struct Id(u32, #[lunogram(skip)] ());

fn main() {}
