//! A log that consists of whole pages for the most part: each page's first change after a checkpoint.

use super::found::Found;
use super::rule::{Look, Rule};
use crate::plan::preset::Limit;
use crate::record::{EvidenceUnit, Record, Severity, SourceRecord};

pub(super) static RULE: Rule = Rule {
    id: "full_page_images",
    explains: &[],
    look: Look::Source { kind: "postgres", samplers: &["wal", "writer"], look },
};

/// After a single checkpoint every page is new once; only more of them make the same pages new again and again.
const CHECKPOINTS: f64 = 2.0;

/// Less log than a segment says nothing.
const LEAST_BYTES: f64 = 16.0 * 1024.0 * 1024.0;

fn look(record: &Record, source: &SourceRecord) -> Vec<Found> {
    let (Some(wal), Some(writer)) = (source.series("wal"), source.series("writer")) else { return Vec::new() };
    let checkpoints = writer.counter("checkpoints_timed") + writer.counter("checkpoints_requested");
    let block: f64 = source.fact("settings", "block_size").and_then(|size| size.parse().ok()).unwrap_or(8192.0);
    let (bytes, images) = (wal.counter("bytes"), wal.counter("full_page_images"));
    // What is empty of a page is left out of its image, so this is the most that they can be.
    let share = (images * block / bytes.max(1.0)).min(1.0);
    let told = checkpoints >= CHECKPOINTS && bytes >= LEAST_BYTES;
    if !told || share <= record.preset.limit(Limit::FullPageImages) {
        return Vec::new();
    }
    let found = Found::new(Severity::Warning, 0.2, "most of the log is images of whole pages")
        .beyond("of the log, at most, is images of pages", share, Limit::FullPageImages, record)
        .figure("images", images, EvidenceUnit::Count)
        .figure("checkpoints", checkpoints, EvidenceUnit::Count)
        .figure("log", bytes, EvidenceUnit::Bytes)
        .action("raise max_wal_size and checkpoint_timeout so that checkpoints are further apart, or set wal_compression = on");
    vec![found]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::findings::made;

    fn found(images: f64, checkpoints: f64) -> usize {
        let mut record = made::record();
        made::tell(&mut record, "wal", made::series(&[("bytes", 1e8), ("full_page_images", images)], &[]));
        made::tell(&mut record, "writer", made::series(&[("checkpoints_requested", checkpoints)], &[]));
        made::found(&RULE, &record).len()
    }

    #[test]
    fn images_that_fill_the_log_again_and_again_are_found() {
        assert_eq!((found(10_000.0, 3.0), found(1_000.0, 3.0), found(10_000.0, 1.0)), (1, 0, 0));
    }
}
