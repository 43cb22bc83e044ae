use lunogram::LunogramEvent;

#[derive(LunogramEvent)]
enum Cart {
    #[lunogram(event_id)]
    CartEmptied {
        #[lunogram(external_id)]
        user: String,
    },
}

fn main() {}
