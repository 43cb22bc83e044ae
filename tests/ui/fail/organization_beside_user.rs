use lunogram::LunogramEvent;

#[derive(LunogramEvent)]
#[lunogram(user, organization)]
struct PurchaseCompleted {
    #[lunogram(external_id)]
    user: String,
}

fn main() {}
