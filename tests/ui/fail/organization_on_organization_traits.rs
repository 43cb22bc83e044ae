use lunogram::OrganizationTraits;

#[derive(OrganizationTraits)]
#[lunogram(organization)]
struct Company {
    #[lunogram(external_id)]
    id: String,
}

fn main() {}
