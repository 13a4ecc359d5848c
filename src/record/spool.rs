//! Summaries of intervals put away until the end of a run, so that a long run takes no more memory than a short one.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Seek, SeekFrom, Write};
use std::sync::Arc;

use super::IntervalRecord;

/// So many stay in memory until they are written together.
const AT_ONCE: usize = 64;

/// Summaries in the order in which they came: the older ones in a file without a name, the rest in memory.
///
/// A copy reads the same file, as far as it had been written then; nobody writes to one and goes on with the other.
#[derive(Debug, Clone, Default)]
pub(super) struct Spool {
    file: Option<Arc<File>>,
    /// How many are in the file, and the bytes that they take.
    written: usize,
    bytes: u64,
    kept: Vec<IntervalRecord>,
    /// The file can't be written, so that all further ones stay in memory.
    broken: bool,
}

impl Spool {
    /// How many there are.
    pub(super) fn len(&self) -> usize {
        self.written + self.kept.len()
    }

    /// Adds one.
    pub(super) fn push(&mut self, record: IntervalRecord) {
        self.kept.push(record);
        if self.kept.len() >= AT_ONCE && !self.broken {
            // What can't be put away is kept; only memory is lost.
            self.broken = self.put_away().is_err();
        }
    }

    /// All of them.
    ///
    /// # Errors
    /// When what was put away can't be read again.
    pub(super) fn finish(self) -> io::Result<Vec<IntervalRecord>> {
        let mut records = Vec::with_capacity(self.len());
        if let Some(mut file) = self.file.as_deref() {
            file.seek(SeekFrom::Start(0))?;
            for line in BufReader::new(file).lines().take(self.written) {
                records.push(serde_json::from_str(&line?)?);
            }
        }
        records.extend(self.kept);
        Ok(records)
    }

    /// Writes what is in memory behind what has been written; a part of it, after an error, is written over.
    fn put_away(&mut self) -> io::Result<()> {
        let mut lines = Vec::new();
        for record in &self.kept {
            serde_json::to_writer(&mut lines, record)?;
            lines.push(b'\n');
        }
        let mut file: &File = match &mut self.file {
            Some(file) => file,
            None => self.file.insert(Arc::new(tempfile::tempfile()?)),
        };
        file.seek(SeekFrom::Start(self.bytes))?;
        file.write_all(&lines)?;
        self.bytes += lines.len() as u64;
        self.written += self.kept.len();
        self.kept.clear();
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(index: usize) -> IntervalRecord {
        IntervalRecord { start_s: index as f64, ..IntervalRecord::default() }
    }

    fn spool(records: usize) -> Spool {
        let mut spool = Spool::default();
        (0..records).for_each(|index| spool.push(record(index)));
        spool
    }

    #[test]
    fn summaries_come_back_in_their_order_wherever_they_were_kept() {
        for count in [0, 1, AT_ONCE - 1, AT_ONCE, AT_ONCE + 1, 3 * AT_ONCE + 7] {
            let spool = spool(count);
            assert_eq!((spool.len(), spool.kept.len()), (count, count % AT_ONCE));
            let expected: Vec<_> = (0..count).map(record).collect();
            assert_eq!(spool.finish().expect("the file can be read"), expected);
        }
    }

    #[test]
    fn a_copy_has_what_was_there_and_the_first_goes_on() {
        let mut spool = spool(AT_ONCE + 3);
        let copy = spool.clone();
        (0..2 * AT_ONCE).for_each(|index| spool.push(record(AT_ONCE + 3 + index)));
        for (spool, count) in [(copy, AT_ONCE + 3), (spool.clone(), 3 * AT_ONCE + 3), (spool, 3 * AT_ONCE + 3)] {
            let expected: Vec<_> = (0..count).map(record).collect();
            assert_eq!(spool.finish().expect("the file can be read"), expected);
        }
    }

    #[test]
    fn what_cannot_be_put_away_stays_in_memory() {
        let mut spool = spool(AT_ONCE);
        // A file that can be read only.
        let whole = spool.file.take().expect("it was put away");
        spool.file = Some(Arc::new(File::open("/dev/null").expect("it is there")));
        (0..2 * AT_ONCE).for_each(|index| spool.push(record(AT_ONCE + index)));
        assert!(spool.broken);
        assert_eq!((spool.written, spool.kept.len()), (AT_ONCE, 2 * AT_ONCE));
        spool.file = Some(whole);
        let expected: Vec<_> = (0..3 * AT_ONCE).map(record).collect();
        assert_eq!(spool.finish().expect("the file can be read"), expected);
    }
}
