//! One row of the export, and the payloads that are made of it.

use chrono::{DateTime, Utc};
use csv::StringRecord;
use lunogram::{
    AnyEvent, AnySchedule, AnyTraits, LunogramEvent, LunogramProperty, Schedule, UserTraits,
};
use serde::Serialize;
use std::fmt::Display;
use std::str::FromStr;

/// A customer of the shop.
#[derive(UserTraits)]
pub(crate) struct Customer {
    #[lunogram(external_id)]
    pub(crate) id: String,
    #[lunogram(email)]
    email: Option<String>,
    #[lunogram(phone)]
    phone: Option<String>,
    #[lunogram(timezone)]
    timezone: Option<String>,
    #[lunogram(locale)]
    locale: Option<String>,
    name: String,
}

/// An order was completed.
#[derive(LunogramEvent)]
pub(crate) struct PurchaseCompleted {
    #[lunogram(external_id)]
    user: String,
    /// A string, since a double cannot hold all order numbers exactly.
    #[lunogram(string)]
    order_number: u64,
    ordered_at: DateTime<Utc>,
    sku: String,
    product: String,
    quantity: u32,
    unit_price: f64,
    currency: Currency,
    coupon: Option<String>,
    note: Option<String>,
}

/// A repeated delivery is due.
#[derive(Schedule)]
pub(crate) struct Replenishment {
    #[lunogram(external_id)]
    user: String,
    #[lunogram(start_at)]
    from: DateTime<Utc>,
    #[lunogram(interval)]
    every: String,
    sku: String,
}

/// An ISO 4217 code.
#[derive(Clone, Copy, Serialize, LunogramProperty)]
#[serde(rename_all = "UPPERCASE")]
enum Currency {
    Brl,
    Chf,
    Eur,
    Gbp,
    Pln,
    Sek,
    Twd,
    Usd,
}

impl FromStr for Currency {
    type Err = &'static str;

    fn from_str(code: &str) -> Result<Self, Self::Err> {
        Ok(match code {
            "BRL" => Self::Brl,
            "CHF" => Self::Chf,
            "EUR" => Self::Eur,
            "GBP" => Self::Gbp,
            "PLN" => Self::Pln,
            "SEK" => Self::Sek,
            "TWD" => Self::Twd,
            "USD" => Self::Usd,
            _ => return Err("not a currency that the shop sells in"),
        })
    }
}

/// One parsed and validated row.
pub(crate) struct Order {
    pub(crate) customer: Customer,
    pub(crate) purchase: PurchaseCompleted,
    pub(crate) replenishment: Option<Replenishment>,
}

impl Order {
    /// Parses a row. It runs the checks of the client, so the client accepts the result.
    ///
    /// # Errors
    /// Every problem of the row.
    pub(crate) fn parse(
        record: &StringRecord,
        headers: &StringRecord,
    ) -> Result<Self, Vec<String>> {
        let mut columns = Columns {
            record,
            headers,
            reasons: Vec::new(),
        };
        let order_number = columns.parsed("order_number");
        let ordered_at: Option<DateTime<Utc>> = columns.parsed("ordered_at");
        let quantity = columns.parsed("quantity");
        let unit_price = columns.parsed("unit_price");
        let currency = columns.parsed("currency");
        let (
            Some(order_number),
            Some(ordered_at),
            Some(quantity),
            Some(unit_price),
            Some(currency),
        ) = (order_number, ordered_at, quantity, unit_price, currency)
        else {
            return Err(columns.reasons);
        };
        let id = columns.text("customer_id");
        let sku = columns.text("sku");
        let order = Self {
            replenishment: columns
                .optional("deliver_every")
                .map(|every| Replenishment {
                    user: id.clone(),
                    from: ordered_at,
                    every,
                    sku: sku.clone(),
                }),
            purchase: PurchaseCompleted {
                user: id.clone(),
                order_number,
                ordered_at,
                sku,
                product: columns.text("product"),
                quantity,
                unit_price,
                currency,
                coupon: columns.optional("coupon"),
                note: columns.optional("note"),
            },
            customer: Customer {
                id,
                email: columns.optional("email"),
                phone: columns.optional("phone"),
                timezone: columns.optional("timezone"),
                locale: columns.optional("locale"),
                name: columns.text("name"),
            },
        };
        columns.reasons.extend(order.problems());
        if columns.reasons.is_empty() {
            Ok(order)
        } else {
            Err(columns.reasons)
        }
    }

    /// The problems that the client would report. All three payloads have the same identifier, so
    /// its problems are listed once.
    fn problems(&self) -> Vec<String> {
        let schedule = self.replenishment.as_ref().map(AnySchedule::check);
        let mut reasons = Vec::new();
        for check in [self.customer.check(), self.purchase.check()]
            .into_iter()
            .chain(schedule)
        {
            let Err(invalid) = check else { continue };
            for problem in invalid.problems() {
                let reason = problem.to_string();
                if !reasons.contains(&reason) {
                    reasons.push(reason);
                }
            }
        }
        reasons
    }
}

struct Columns<'a> {
    record: &'a StringRecord,
    headers: &'a StringRecord,
    reasons: Vec<String>,
}

impl Columns<'_> {
    fn get(&mut self, name: &str) -> &str {
        let index = self.headers.iter().position(|header| header == name);
        if let Some(cell) = index.and_then(|index| self.record.get(index)) {
            cell
        } else {
            self.reasons.push(format!("{name}: missing column"));
            ""
        }
    }

    fn text(&mut self, name: &str) -> String {
        self.get(name).to_owned()
    }

    /// `None` for an empty cell.
    fn optional(&mut self, name: &str) -> Option<String> {
        Some(self.text(name)).filter(|cell| !cell.is_empty())
    }

    fn parsed<T: FromStr<Err: Display>>(&mut self, name: &str) -> Option<T> {
        match self.get(name).parse() {
            Ok(value) => Some(value),
            Err(error) => {
                self.reasons.push(format!("{name}: {error}"));
                None
            }
        }
    }
}
