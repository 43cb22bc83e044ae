use lunogram::LunogramEvent;

#[derive(LunogramEvent)]
enum CartEvent {
    CartUpdated {
        items: u32,
        #[lunogram(rename = "items")]
        lines: u32,
    },
    CartEmptied {
        items: u32,
    },
}

fn main() {}
