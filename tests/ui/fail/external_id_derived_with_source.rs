use lunogram::ExternalId;

#[derive(ExternalId)]
#[lunogram(source = "stripe")]
struct CustomerId(String);

fn main() {}
