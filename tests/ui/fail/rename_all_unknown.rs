use lunogram::LunogramEvent;

#[derive(LunogramEvent)]
#[lunogram(rename_all = "camelcase")]
struct PurchaseCompleted {
    #[lunogram(external_id)]
    user: String,
}

fn main() {}
