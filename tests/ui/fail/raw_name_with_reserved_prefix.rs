use lunogram::LunogramEvent;

#[derive(LunogramEvent)]
#[lunogram(raw_name = "scheduled.Trial End")]
struct PurchaseCompleted {
    #[lunogram(external_id)]
    user: String,
}

fn main() {}
