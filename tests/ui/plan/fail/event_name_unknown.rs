const NAME: &str = lunogram::event_name!(raw_name = "Product Purchased");

fn main() {
    println!("{NAME}");
}
