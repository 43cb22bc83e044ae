use lunogram::ExternalId;

#[derive(ExternalId)]
struct TenantUser {
    tenant: u32,
    user: u32,
}

fn main() {
    lunogram::Identifier::new(TenantUser { tenant: 4, user: 123 });
}
