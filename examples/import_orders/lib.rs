//! What a shop's export becomes: each row a user, an event and, where something is delivered again and again, a schedule.
//!
//! What is sent is in `lunogram.plan.json` beside this, which the types are held against.

mod order;
mod report;
mod upload;

pub use report::Report;

use lunogram::Client;
use order::Order;
use std::error::Error;
use std::io::Read;
use upload::Upload;

/// Imports an export, and tells after each row how far it is.
///
/// What was sent is told beside the reason for which the import could not be finished.
pub async fn import(
    file: impl Read,
    client: &Client,
    mut told: impl FnMut(&Report),
) -> (Report, Result<(), Box<dyn Error>>) {
    let mut report = Report::default();
    let outcome = rows(file, client, &mut report, &mut told).await;
    (report, outcome)
}

async fn rows(
    file: impl Read,
    client: &Client,
    report: &mut Report,
    told: &mut impl FnMut(&Report),
) -> Result<(), Box<dyn Error>> {
    let mut upload = Upload::new(client);
    let mut reader = csv::Reader::from_reader(file);
    let headers = reader.headers()?.clone();
    let mut record = csv::StringRecord::new();
    loop {
        let line = reader.position().line();
        match reader.read_record(&mut record) {
            Ok(false) => break,
            Ok(true) => match Order::parse(&record, &headers) {
                Ok(order) => upload.add(line, order, report).await?,
                Err(reasons) => report.refuse(line, reasons),
            },
            Err(error) if error.is_io_error() => return Err(error.into()),
            Err(error) => report.refuse(line, vec![report::columns(&error)]),
        }
        told(report);
    }
    upload.finish(report).await
}
