use lunogram::Client;

fn main() {
    let _ = Client::builder("sk_1").spool("/var/lib/shop").build();
    let _ = Client::builder("sk_1").http_client(7).build();
}
