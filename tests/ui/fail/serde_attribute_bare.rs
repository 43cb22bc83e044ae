use lunogram::LunogramEvent;

#[derive(LunogramEvent)]
#[serde]
struct PurchaseCompleted {
    #[lunogram(external_id)]
    user: String,
    #[serde = "skip"]
    card_number: String,
}

fn main() {}
