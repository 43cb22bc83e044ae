use lunogram::LunogramEvent;

#[derive(LunogramEvent)]
enum CartEvent {
    #[lunogram(raw_nam = "Cart Updated")]
    CartUpdated { items: u32 },
}

fn main() {}
