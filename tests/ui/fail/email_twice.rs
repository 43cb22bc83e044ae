use lunogram::UserTraits;

#[derive(UserTraits)]
struct Customer {
    #[lunogram(external_id)]
    id: String,
    #[lunogram(email)]
    private: String,
    #[lunogram(email)]
    work: String,
}

fn main() {}
