use lunogram::UserTraits;

#[derive(UserTraits)]
enum Customer {
    Known {
        #[lunogram(external_id)]
        id: String,
    },
}

fn main() {}
