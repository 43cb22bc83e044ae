use lunogram::OrganizationTraits;

#[derive(OrganizationTraits)]
struct Company {
    id: String,
    #[lunogram(name)]
    name: String,
}

fn main() {}
