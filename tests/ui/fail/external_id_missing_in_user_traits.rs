use lunogram::UserTraits;

#[derive(UserTraits)]
struct Customer {
    id: String,
}

fn main() {}
