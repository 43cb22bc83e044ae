//! Gives the room of settled payloads back to the disk while their volume has others that are not
//! settled: a payload that waits for days must not keep 4 MiB of delivered ones.

use super::Spool;
use super::folder::{Folder, NewFile, check_regular};
use super::format::{self, Found, Kind, offset};
use super::state::State;
use super::volume::read_acks;
use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::{self, Seek as _, SeekFrom, Write as _};
use std::ops::Range;

impl Spool {
    /// Waits until the files take more than the bound.
    pub(in crate::delivery) async fn crowded(&self) {
        self.crowded.notified().await;
    }

    /// Replaces logs of which less than half is live, oldest first, until the files take no more
    /// than the bound. Called on a thread that may wait for the disk: only the exchange of a
    /// finished file is done under the lock.
    pub(in crate::delivery) fn give_back(&self) {
        loop {
            let mut state = self.state();
            let Some(chosen) = state.choose(&self.folder, self.max_bytes) else {
                return;
            };
            let work = self.begin_work();
            drop(state);
            // If this fails, the file stays as large as it is.
            if let Ok(Some(rewritten)) = chosen.rewrite(&self.folder) {
                let _ = self.state().exchange(&chosen, rewritten);
            }
            drop(work);
        }
    }
}

impl State {
    /// Chooses the oldest log to rewrite, while all files take more than this.
    fn choose(&mut self, folder: &Folder, max_bytes: u64) -> Option<Chosen> {
        if self.is_closed() || self.on_disk() <= max_bytes {
            return None;
        }
        let mut volumes = self.volumes_mut().values_mut();
        let volume = volumes.find(|volume| {
            // Marked payloads may be asked for by an unack.
            let may = volume.live > 0 && volume.marked == 0 && volume.rewritten_at != volume.live;
            may && !volume.is_open() && volume.on_disk() / 2 > volume.live_bytes
        })?;
        volume.rewritten_at = volume.live;
        Some(Chosen {
            number: volume.number,
            live: volume.live,
            acks: fs::metadata(folder.acks(volume.number)).map_or(0, |acks| acks.len()),
        })
    }

    /// Puts a rewritten log into the place of the old one.
    ///
    /// # Errors
    /// If it cannot be renamed. The log is as before.
    fn exchange(&mut self, chosen: &Chosen, rewritten: Rewritten) -> io::Result<()> {
        // A volume that is not there any more is being removed with its files.
        if let Some(volume) = self.volumes_mut().get_mut(&chosen.number) {
            rewritten.file.put()?;
            volume.gaps = rewritten.gaps;
        }
        Ok(())
    }
}

/// A log to rewrite, as it was when it was chosen.
#[derive(Debug)]
struct Chosen {
    number: u32,
    live: u64,
    /// The size of its acks. Everything before is settled: later acks may be taken back.
    acks: u64,
}

/// A log with gaps in the places of settled payloads, beside the one that it replaces. No offset
/// changes, so acks and readers notice nothing.
#[derive(Debug)]
struct Rewritten {
    file: NewFile,
    gaps: u64,
}

impl Chosen {
    /// Writes the log with gaps. `None` if the files have other payloads than were counted:
    /// something else has damaged them.
    fn rewrite(&self, folder: &Folder) -> io::Result<Option<Rewritten>> {
        let path = folder.log(self.number);
        check_regular(&path).map_err(io::Error::other)?;
        let bytes = fs::read(&path)?;
        let acks = read_acks(&folder.acks(self.number), self.acks)?;
        let regions = Regions::of(&bytes, &acks.acked);
        if regions.live != self.live {
            return Ok(None);
        }
        let file = NewFile::write(&path, |file| write(file, &bytes, &regions.gaps))?;
        let gaps = regions.gaps.iter().map(|gap| gap.len() - format::size(0));
        Ok(Some(Rewritten {
            file,
            gaps: gaps.sum::<usize>() as u64,
        }))
    }
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
                let new = NewFile::write(&path, |file| write(file, &written, &regions.gaps));
                new.and_then(NewFile::put).expect("written");
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
