use lunogram::LunogramEvent;

#[derive(LunogramEvent)]
enum CartEvent {
    CartUpdated(String, u32),
    CartEmptied { items: u32 },
}

fn main() {}
