use lunogram::Identifier;

struct UserId(u64);

fn main() {
    let id = Identifier::new(UserId(123)).source("crm");
}
