use lunogram::LunogramEvent;

#[derive(LunogramEvent)]
#[serde(skip_serializing_if = "Option::is_none", rename_all_fields = "camelCase")]
struct PurchaseCompleted {
    #[serde(external_id)]
    user: String,
    #[serde(rename_all = "camelCase", string)]
    order_number: u64,
}

fn main() {}
