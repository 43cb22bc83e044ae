use lunogram::LunogramEvent;

#[derive(LunogramEvent)]
enum CartEvent {
    CartEmptied { items: u32 },
    #[lunogram(name = "cart_emptied")]
    Emptied { by: String },
}

fn main() {}
