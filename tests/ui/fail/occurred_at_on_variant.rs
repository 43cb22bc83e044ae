use lunogram::LunogramEvent;

#[derive(LunogramEvent)]
enum Cart {
    #[lunogram(occurred_at)]
    CartEmptied {
        #[lunogram(external_id)]
        user: String,
    },
}

fn main() {}
