use lunogram::LunogramEvent;

struct UserId(u64);

#[derive(LunogramEvent)]
struct PurchaseCompleted {
    #[lunogram(external_id)]
    user: Option<UserId>,
}

fn main() {}
