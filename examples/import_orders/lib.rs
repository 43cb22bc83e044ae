//! Imports the export of a shop: each row becomes a user, an event, and, for repeated deliveries, a
//! schedule.
//!
//! The types are checked against the tracking plan `lunogram.plan.json` in this folder.

mod order;
mod report;
mod upload;

pub use report::Report;

use lunogram::Client;
use order::Order;
use std::error::Error;
use std::io::Read;
use upload::Upload;

/// Imports an export, and calls `progress` after each row.
///
/// It returns the report also if the import fails, since part of the rows may have been sent.
pub async fn import(
    file: impl Read,
    client: &Client,
    mut progress: impl FnMut(&Report),
) -> (Report, Result<(), Box<dyn Error>>) {
    let mut report = Report::default();
    let outcome = rows(file, client, &mut report, &mut progress).await;
    (report, outcome)
}

async fn rows(
    file: impl Read,
    client: &Client,
    report: &mut Report,
    progress: &mut impl FnMut(&Report),
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
        progress(report);
    }
    upload.finish(report).await
}
