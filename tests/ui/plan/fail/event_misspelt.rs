use lunogram::LunogramEvent;

#[derive(LunogramEvent)]
struct PurchaseComplete {
    amount: f64,
}

fn main() {}
