//! Sends the orders: each user before its first event, and events in batches.

use crate::order::{Order, PurchaseCompleted};
use crate::report::Report;
use lunogram::{Client, ErrorKind};
use std::collections::HashSet;
use std::error::Error;

/// Events per request.
const BATCH: usize = 500;

pub(crate) struct Upload<'a> {
    client: &'a Client,
    known: HashSet<String>,
    lines: Vec<u64>,
    events: Vec<PurchaseCompleted>,
}

impl<'a> Upload<'a> {
    pub(crate) fn new(client: &'a Client) -> Self {
        Self {
            client,
            known: HashSet::new(),
            lines: Vec::new(),
            events: Vec::new(),
        }
    }

    /// Adds one order, and sends the batch if it is full.
    ///
    /// # Errors
    /// If the server cannot be reached. A refused order is not an error; it is added to the report.
    pub(crate) async fn add(
        &mut self,
        line: u64,
        order: Order,
        report: &mut Report,
    ) -> Result<(), Box<dyn Error>> {
        if !self.known.contains(&order.customer.id) {
            // The server loses events of users that it does not know, so the user goes first.
            let upsert = self.client.upsert_user(&order.customer).await;
            if let Some(reason) = refused(upsert)? {
                report.refuse(line, vec![reason]);
                return Ok(());
            }
            self.known.insert(order.customer.id.clone());
            report.users += 1;
        }
        if let Some(replenishment) = &order.replenishment {
            match refused(self.client.schedule(replenishment).await)? {
                None => report.schedules += 1,
                Some(reason) => report.refuse(line, vec![reason]),
            }
        }
        self.lines.push(line);
        self.events.push(order.purchase);
        if self.events.len() == BATCH {
            self.finish(report).await?;
        }
        Ok(())
    }

    /// Sends the remaining events.
    ///
    /// # Errors
    /// If the server cannot be reached.
    pub(crate) async fn finish(&mut self, report: &mut Report) -> Result<(), Box<dyn Error>> {
        let lines = std::mem::take(&mut self.lines);
        let events = std::mem::take(&mut self.events);
        // The server refuses a batch as a whole: halving it finds the invalid event.
        let mut parts = vec![(lines.as_slice(), events.as_slice())];
        while let Some((lines, events)) = parts.pop() {
            if events.is_empty() {
                continue;
            }
            match refused(self.client.send_all(events).await)? {
                None => report.events += events.len(),
                Some(reason) if events.len() == 1 => report.refuse(lines[0], vec![reason]),
                Some(_) => {
                    let middle = events.len() / 2;
                    let (first_lines, second_lines) = lines.split_at(middle);
                    let (first, second) = events.split_at(middle);
                    parts.push((second_lines, second));
                    parts.push((first_lines, first));
                }
            }
        }
        Ok(())
    }
}

/// The reason if the payload was refused. Every other failure stops the import.
fn refused<T>(outcome: Result<T, lunogram::Error>) -> Result<Option<String>, Box<dyn Error>> {
    match outcome {
        Ok(_) => Ok(None),
        Err(error) => match error.kind() {
            ErrorKind::Invalid | ErrorKind::Refused | ErrorKind::Forbidden => {
                Ok(Some(error.to_string()))
            }
            _ => Err(error.into()),
        },
    }
}
