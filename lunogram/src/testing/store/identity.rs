//! External identifiers, as they are sent and as they are stored.

use super::{Context, Data, merge};
use crate::model::StoredIdentifier;
use lunogram_rules::source;

/// An identifier of a request, with its default source filled in.
///
/// ```
/// use lunogram::{Event, Identifier};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let server = lunogram::testing::Server::start()?;
/// # let client = server.client();
/// let visitor = Identifier::new("4f7a").source("anonymous");
/// client.send(&Event::new("page_viewed").to(visitor)).await?;
///
/// let sent = &server.lost()[0].identifiers[0];
/// assert_eq!((sent.source.as_str(), sent.external_id.as_str()), ("anonymous", "4f7a"));
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct SentIdentifier {
    /// The system that issued the id; `default` if the request names none.
    pub source: String,
    /// The id within that source.
    pub external_id: String,
    /// The metadata of the identifier itself.
    pub metadata: Data,
}

impl SentIdentifier {
    /// An identifier whose source is taken as it is: an empty one belongs to no subject.
    pub(crate) fn exact(source: String, external_id: String) -> Self {
        Self {
            source,
            external_id,
            metadata: Data::new(),
        }
    }

    pub(crate) fn new(source: Option<String>, external_id: String, metadata: Data) -> Self {
        Self {
            source: source
                .filter(|source| !source.is_empty())
                .unwrap_or_else(|| source::DEFAULT.to_owned()),
            external_id,
            metadata,
        }
    }
}

/// The external id in `source`; the oldest one if there are several.
pub(super) fn external_id<'i>(
    identifiers: &'i [StoredIdentifier],
    source: &str,
) -> Option<&'i str> {
    identifiers
        .iter()
        .find(|identifier| identifier.source == source)
        .map(|identifier| identifier.external_id.as_str())
}

/// Adds the identifier, or merges its metadata into the one that is stored.
pub(super) fn upsert(
    stored: &mut Vec<StoredIdentifier>,
    sent: SentIdentifier,
    context: &mut Context<'_>,
) {
    let existing = stored.iter_mut().find(|existing| {
        existing.source == sent.source && existing.external_id == sent.external_id
    });
    if let Some(existing) = existing {
        merge::shallow(&mut existing.metadata, sent.metadata);
        existing.updated_at = context.now();
    } else {
        stored.push(StoredIdentifier {
            id: context.new_id(),
            source: sent.source,
            external_id: sent.external_id,
            metadata: sent.metadata,
            created_at: context.now(),
            updated_at: context.now(),
        });
    }
}
