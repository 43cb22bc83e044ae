use lunogram::LunogramEvent;

#[derive(LunogramEvent)]
#[lunogram(name = "cart")]
enum CartEvent {
    CartUpdated { items: u32 },
}

fn main() {}
