use lunogram::LunogramEvent;

#[derive(LunogramEvent)]
struct PurchaseCompleted(#[lunogram(external_id)] String, f64);

fn main() {}
