use lunogram::ExternalId;

#[derive(ExternalId)]
struct UserId(#[lunogram(external_id)] u64);

fn main() {}
