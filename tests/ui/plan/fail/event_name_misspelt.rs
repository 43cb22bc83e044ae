fn main() {
    println!("{}", lunogram::event_name!("newsletter_open"));
}
