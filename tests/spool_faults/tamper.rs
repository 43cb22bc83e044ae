//! Damage to the files of a spool by something else than the client, and the events that it
//! concerns. The files are read as the table in `delivery/spool/format.rs` describes them.

use lunogram::queue::Delivery;
use lunogram_tests::spool::files;
use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io;
use std::os::unix::fs::FileExt as _;
use std::path::{Path, PathBuf};

/// A file, by its kind and, if there are several, by its position modulo their number.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Target {
    Log(usize),
    Acks(usize),
    Damaged(usize),
    Deletions,
    Project,
    Reserve,
    Lock,
}

/// The damage to a file. Positions are in thousandths of its length.
#[derive(Clone, Copy, Debug)]
pub(crate) enum How {
    Cut(u64),
    Empty,
    /// One bit is flipped.
    Flip(u64),
    /// Some bytes become zeros.
    Overwrite(u64),
    Delete,
    /// It gets the name of another file of its kind, which gets its name.
    Swap(usize),
    /// A folder takes its name.
    Folder,
}

#[derive(Clone, Copy, Debug)]
pub(crate) struct Tamper {
    pub(crate) target: Target,
    pub(crate) how: How,
}

/// The losses that the damage of a case allows.
#[derive(Debug, Default)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is an allowance that does not depend on the others"
)]
pub(crate) struct Effects {
    /// Events whose bytes, or the records about them, were damaged: they may be lost.
    pub(crate) altered: BTreeSet<u64>,
    /// Logs were swapped, so the order of events is not known any more.
    pub(crate) order_is_lost: bool,
    /// Acknowledgements were damaged, so events may arrive again.
    pub(crate) acks_are_lost: bool,
    /// The log of a running client was taken away: events after that are only in memory.
    pub(crate) log_is_gone: bool,
    /// Logs that were damaged while no client ran, so a later one has to report it.
    pub(crate) unreported: BTreeSet<PathBuf>,
    /// Files that `build` may refuse.
    pub(crate) refusable: bool,
}

impl Tamper {
    /// Damages the files of a spool. Files that a running client deletes meanwhile are left alone.
    pub(crate) fn apply(
        self,
        spool: &Path,
        delivery: Delivery,
        is_running: bool,
        effects: &mut Effects,
    ) {
        let _ = self.try_apply(spool, delivery, is_running, effects);
    }

    fn try_apply(
        self,
        spool: &Path,
        delivery: Delivery,
        is_running: bool,
        effects: &mut Effects,
    ) -> io::Result<()> {
        let Some((file, others)) = self.target.find(spool) else {
            return Ok(());
        };
        let bytes = fs::read(&file)?;
        let changed = self.how.change(&file, &others, &bytes)?;
        effects.refusable |= matches!(self.how, How::Folder)
            || matches!(self.target, Target::Project | Target::Deletions);
        match self.target {
            Target::Log(_) => {
                let before = Payloads::of(&bytes);
                let after = changed.bytes.as_deref().map(Payloads::of);
                let kept = after.as_ref().map(|after| &after.numbers);
                let lost = before.numbers.iter().copied();
                (effects.altered)
                    .extend(lost.filter(|n| kept.is_none_or(|kept| !kept.contains(n))));
                if let Some((with, other)) = &changed.other {
                    effects.altered.extend(Payloads::of(other).numbers);
                    effects.order_is_lost = true;
                    effects.acks_are_lost = true;
                    let pair = [(&file, with), (with, &file)];
                    let known = pair.map(|(one, other)| (one, effects.unreported.remove(other)));
                    let moved = known.into_iter().filter(|(_, is_known)| *is_known);
                    effects.unreported.extend(moved.map(|(to, _)| to.clone()));
                } else {
                    let is_damaged = after.as_ref().is_some_and(|after| after.is_damaged);
                    let was_known = effects.unreported.remove(&file);
                    let is_new = !before.is_damaged && !is_running;
                    if is_damaged && (was_known || is_new) {
                        effects.unreported.insert(file);
                    }
                }
                effects.log_is_gone |= is_running && after.is_none();
            }
            Target::Acks(_) => {
                effects.acks_are_lost = true;
                // With the other options, lost records may be those that take marks back.
                if delivery != Delivery::AtLeastOnce || changed.other.is_some() {
                    for log in files(spool, "log") {
                        effects
                            .altered
                            .extend(Payloads::of(&fs::read(log)?).numbers);
                    }
                }
            }
            _ => {}
        }
        Ok(())
    }
}

impl Target {
    /// The file, and the others of its kind. `None` if there is no such file.
    fn find(self, spool: &Path) -> Option<(PathBuf, Vec<PathBuf>)> {
        let (mut all, nth) = match self {
            Self::Log(nth) => (files(spool, "log"), nth),
            Self::Acks(nth) => (files(spool, "acks"), nth),
            Self::Damaged(nth) => (files(spool, "damaged"), nth),
            Self::Deletions => (vec![spool.join("deletions")], 0),
            Self::Project => (vec![spool.join("project")], 0),
            Self::Reserve => (vec![spool.join("reserve")], 0),
            Self::Lock => (vec![spool.join("lock")], 0),
        };
        all.retain(|file| file.is_file());
        if all.is_empty() {
            return None;
        }
        let file = all.remove(nth % all.len());
        Some((file, all))
    }
}

/// The result of damage.
#[derive(Default)]
struct Changed {
    /// The contents of the file now; `None` if it is gone.
    bytes: Option<Vec<u8>>,
    /// The file with which it was swapped, and the contents of that.
    other: Option<(PathBuf, Vec<u8>)>,
}

impl How {
    fn change(self, file: &Path, others: &[PathBuf], bytes: &[u8]) -> io::Result<Changed> {
        let at = |part: u64| bytes.len() * usize::try_from(part).unwrap_or_default() / 1_000;
        let mut kept = bytes.to_vec();
        match self {
            Self::Cut(part) => kept.truncate(at(part)),
            Self::Empty => kept.clear(),
            Self::Flip(part) => {
                if let Some(byte) = kept.get_mut(at(part)) {
                    *byte ^= 1 << (part % 8);
                }
            }
            Self::Overwrite(part) => kept
                .iter_mut()
                .skip(at(part))
                .take(40)
                .for_each(|byte| *byte = 0),
            Self::Delete => {
                fs::remove_file(file)?;
                return Ok(Changed::default());
            }
            Self::Folder => {
                fs::remove_file(file)?;
                fs::create_dir(file)?;
                return Ok(Changed::default());
            }
            Self::Swap(nth) => {
                let Some(with) = others.get(nth % others.len().max(1)) else {
                    return Ok(Changed {
                        bytes: Some(kept),
                        other: None,
                    });
                };
                let other = fs::read(with)?;
                let aside = file.with_extension("aside");
                fs::rename(file, &aside)?;
                fs::rename(with, file)?;
                fs::rename(aside, with)?;
                return Ok(Changed {
                    bytes: None,
                    other: Some((with.clone(), other)),
                });
            }
        }
        // In place, as for a client that has the file open.
        let open = File::options().write(true).open(file)?;
        open.set_len(kept.len() as u64)?;
        if let Some(first) = (0..kept.len()).find(|index| kept[*index] != bytes[*index]) {
            let end = (first + 40).min(kept.len());
            open.write_all_at(&kept[first..end], first as u64)?;
        }
        Ok(Changed {
            bytes: Some(kept),
            other: None,
        })
    }
}

/// The payloads of a log.
#[derive(Debug, Default)]
pub(crate) struct Payloads {
    pub(crate) numbers: BTreeSet<u64>,
    /// It has bytes that are not part of a record, or none at all.
    is_damaged: bool,
}

impl Payloads {
    pub(crate) fn of(log: &[u8]) -> Self {
        let mut found = Self {
            is_damaged: log.is_empty(),
            ..Self::default()
        };
        let mut rest = log;
        while !rest.is_empty() {
            let Some((body, after)) = record(rest) else {
                found.is_damaged = true;
                let next = rest.iter().skip(1).position(|byte| *byte == 0xFF);
                rest = next.map_or(&[], |next| &rest[next + 1..]);
                continue;
            };
            found.numbers.extend(numbers(body).next());
            rest = after;
        }
        found
    }
}

/// The body of the record at the start of these bytes, and the bytes after it.
fn record(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let (header, rest) = bytes.split_first_chunk::<10>()?;
    let [marker, kind, l0, l1, l2, l3, c0, c1, c2, c3] = *header;
    let length = usize::try_from(u32::from_le_bytes([l0, l1, l2, l3])).ok()?;
    let (body, after) = rest.split_at_checked(length)?;
    let mut sum = crc32fast::Hasher::new();
    sum.update(&[kind]);
    sum.update(body);
    let is_whole = marker == 0xFF && sum.finalize() == u32::from_le_bytes([c0, c1, c2, c3]);
    is_whole.then_some((body, after))
}

/// The properties `n` in some JSON.
pub(crate) fn numbers(json: &[u8]) -> impl Iterator<Item = u64> {
    const KEY: &[u8] = b"\"n\":";
    // Quotes are few, and the texts between them may be long.
    let keys = json.iter().enumerate().filter(|(_, byte)| **byte == b'"');
    let ends = keys.filter_map(|(at, _)| json[at..].strip_prefix(KEY));
    ends.map(|rest| {
        let digits = rest.iter().take_while(|byte| byte.is_ascii_digit());
        digits.fold(0, |n, digit| n * 10 + u64::from(digit - b'0'))
    })
}
