use lunogram::LunogramEvent;

#[derive(LunogramEvent)]
enum CartEvent {
    CartUpdated {
        #[lunogram(external_id)]
        user: String,
    },
    CartEmptied {
        user: String,
    },
}

fn main() {}
