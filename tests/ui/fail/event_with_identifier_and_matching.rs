use lunogram::LunogramEvent;

#[derive(LunogramEvent)]
struct SignedUp {
    #[lunogram(external_id)]
    user: String,
}

fn broadcast(event: SignedUp) {
    let _ = event.matching(&serde_json::json!({"plan": "pro"}));
}

fn main() {}
