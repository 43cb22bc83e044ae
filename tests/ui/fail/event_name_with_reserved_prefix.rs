use lunogram::LunogramEvent;

#[derive(LunogramEvent)]
#[lunogram(name = "user.upgraded")]
struct PurchaseCompleted {
    #[lunogram(external_id)]
    user: String,
}

fn main() {}
