//! Gives the room of settled payloads back to the disk while their volume has others that are not
//! settled: a payload that waits for days must not keep 4 MiB of delivered ones.

use super::folder::{Folder, check_regular, replace};
use super::format::{self, Found, Kind, offset};
use super::volume::{Volume, read_acks};
use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::{self, Seek as _, SeekFrom, Write as _};
use std::ops::Range;

/// Replaces the log of a volume that takes no more payloads by one with gaps in the places of
/// settled ones. All offsets stay, so acks and readers notice nothing. Does nothing if payloads are
/// marked as sent and not settled: an unack may ask for them later.
///
/// # Errors
/// If a file cannot be read or written. The log is as before.
pub(super) fn rewrite(folder: &Folder, volume: &mut Volume) -> io::Result<()> {
    if volume.is_open() {
        return Ok(());
    }
    let path = folder.log(volume.number);
    check_regular(&path).map_err(io::Error::other)?;
    let bytes = fs::read(&path)?;
    let acks = read_acks(&folder.acks(volume.number))?;
    let regions = Regions::of(&bytes, &acks.acked);
    if regions.live != volume.live {
        return Ok(());
    }
    replace(&path, |file| write(file, &bytes, &regions.gaps))?;
    let bodies = regions.gaps.iter().map(|gap| gap.len() - format::size(0));
    volume.gaps = bodies.sum::<usize>() as u64;
    folder.sync_if_immediate()
}

/// The live payloads and the dead regions of a log.
#[derive(Debug, Default, PartialEq, Eq)]
struct Regions {
    /// Payloads that are not acknowledged.
    live: u64,
    /// Runs of records of acknowledged payloads, and of earlier gaps.
    gaps: Vec<Range<usize>>,
}

impl Regions {
    fn of(bytes: &[u8], acked: &BTreeSet<u32>) -> Self {
        let mut regions = Self::default();
        for found in format::scan(bytes) {
            let Found::Record { start, kind, body } = found else {
                continue;
            };
            match kind {
                Kind::Format => continue,
                Kind::Gap => {}
                _ if acked.contains(&offset(start)) => {}
                _ => {
                    regions.live += 1;
                    continue;
                }
            }
            match regions.gaps.last_mut() {
                Some(last) if last.end == start => last.end = body.end,
                _ => regions.gaps.push(start..body.end),
            }
        }
        regions
    }
}

/// Writes the log without the bodies of the gaps.
fn write(file: &mut File, bytes: &[u8], gaps: &[Range<usize>]) -> io::Result<()> {
    let mut kept = 0;
    for gap in gaps {
        file.write_all(bytes.get(kept..gap.start).unwrap_or_default())?;
        let header = format::gap(gap.len()).ok_or(io::ErrorKind::InvalidInput)?;
        file.write_all(&header)?;
        file.seek(SeekFrom::Start(gap.end as u64))?;
        kept = gap.end;
    }
    file.write_all(bytes.get(kept..).unwrap_or_default())?;
    file.set_len(bytes.len() as u64)?;
    // The payloads that it keeps may have been synced.
    file.sync_data()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn the_rest_is_found_at_the_same_offsets_and_gaps_grow(
            bodies in prop::collection::vec((prop::bool::ANY, prop::bool::ANY, "\\PC{0,40}"), 1..20),
        ) {
            let mut bytes = format::first_record();
            let (mut first, mut second) = (BTreeSet::new(), BTreeSet::new());
            let mut rest = Vec::new();
            for (at_first, later, body) in &bodies {
                let start = bytes.len();
                format::append(&mut bytes, Kind::UserEvent, body.as_bytes()).expect("short");
                if *at_first {
                    first.insert(offset(start));
                }
                if *at_first || *later {
                    second.insert(offset(start));
                } else {
                    rest.push((start, body.as_bytes()));
                }
            }
            let folder = tempfile::tempdir().expect("a folder");
            let path = folder.path().join("log");
            let mut written = bytes.clone();
            for acked in [&first, &second] {
                let regions = Regions::of(&written, acked);
                replace(&path, |file| write(file, &written, &regions.gaps)).expect("written");
                written = fs::read(&path).expect("read");
                prop_assert_eq!(written.len(), bytes.len());
            }
            let found = format::scan(&written).filter_map(|found| match found {
                Found::Record { start, kind: Kind::UserEvent, body } => Some((start, written.get(body)?)),
                _ => None,
            });
            prop_assert!(found.eq(rest.iter().copied()));
            prop_assert!(!format::scan(&written).any(|found| matches!(found, Found::Damage(_))));
            prop_assert_eq!(Regions::of(&written, &second).live, rest.len() as u64);
        }
    }
}
