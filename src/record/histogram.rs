//! Histograms as text: base64 of HdrHistogram's compressed V2 form.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hdrhistogram::Histogram;
use hdrhistogram::serialization::{Deserializer, Serializer, V2DeflateSerializer};

/// Why a text is no histogram.
#[derive(Debug, thiserror::Error)]
pub enum DecodeError {
    /// It is not base64.
    #[error("the histogram is not base64")]
    Base64(#[from] base64::DecodeError),
    /// Its bytes are not a histogram.
    #[error("the histogram's bytes are damaged: {0}")]
    Payload(String),
}

/// The text of a histogram. It is the payload that HdrHistogram's own tools read (`HISTFAAA…`).
pub fn encode(histogram: &Histogram<u64>) -> String {
    let mut payload = Vec::new();
    V2DeflateSerializer::new()
        .serialize(histogram, &mut payload)
        .expect("writing to memory, and counts that fit 63 bits");
    STANDARD.encode(payload)
}

/// The histogram of a text that [`encode`] or another HdrHistogram wrote.
pub fn decode(text: &str) -> Result<Histogram<u64>, DecodeError> {
    let payload = STANDARD.decode(text)?;
    Deserializer::new().deserialize(&mut payload.as_slice()).map_err(|e| DecodeError::Payload(e.to_string()))
}

/// The sum of histograms that [`encode`] wrote; one that cannot be read has no part in it. None if none can.
pub fn decode_sum<'a>(texts: impl Iterator<Item = &'a str>) -> Option<Histogram<u64>> {
    let mut histograms = texts.filter_map(|text| decode(text).ok());
    let mut all = histograms.next()?;
    // All have the same bounds, so adding them up can't fail.
    histograms.for_each(|histogram| all.add(&histogram).unwrap_or(()));
    Some(all)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::stats::Latency;

    proptest! {
        #[test]
        fn what_is_encoded_decodes_to_the_same(values in prop::collection::vec(0u64..4_000_000_000, 0..200)) {
            let mut latency = Latency::default();
            values.iter().for_each(|&us| latency.record(us));
            let histogram = latency.to_histogram();
            let text = encode(&histogram);
            prop_assert!(text.starts_with("HISTFAAA"));
            prop_assert_eq!(decode(&text).unwrap(), histogram);
        }
    }

    #[test]
    fn damaged_text_is_an_error() {
        assert!(matches!(decode("%"), Err(DecodeError::Base64(_))));
        assert!(matches!(decode("AAAA"), Err(DecodeError::Payload(_))));
    }
}
