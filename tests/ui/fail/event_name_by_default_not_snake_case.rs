use lunogram::LunogramEvent;

#[derive(LunogramEvent)]
struct Café {
    #[lunogram(external_id)]
    user: String,
}

fn main() {}
