//! Undoing the compression of an answer, piece by piece.

use std::io::{self, Write};

use bytes::Bytes;
use flate2::write::{MultiGzDecoder, ZlibDecoder};

/// What is put in at a time: a thousand times as much may come out.
const BITE: usize = 4096;

/// Undoes what `content-encoding` says was done.
pub enum Decoder {
    /// Nothing was done.
    Plain,
    /// `gzip`.
    Gzip(MultiGzDecoder<Vec<u8>>),
    /// `deflate`.
    Deflate(ZlibDecoder<Vec<u8>>),
}

impl Decoder {
    /// A decoder for the value of `content-encoding`; what is not known comes as it is.
    pub fn new(encoding: &str) -> Self {
        match encoding.trim().to_ascii_lowercase().as_str() {
            "gzip" | "x-gzip" => Self::Gzip(MultiGzDecoder::new(Vec::new())),
            "deflate" => Self::Deflate(ZlibDecoder::new(Vec::new())),
            _ => Self::Plain,
        }
    }

    /// Takes a bite out of `input`, and gives what it becomes.
    ///
    /// # Errors
    /// When the input is not what the encoding makes.
    pub fn decode(&mut self, input: &mut Bytes) -> io::Result<Bytes> {
        let bite = match self {
            Self::Plain => return Ok(std::mem::take(input)),
            Self::Gzip(_) | Self::Deflate(_) => input.split_to(input.len().min(BITE)),
        };
        let made = match self {
            Self::Plain => return Ok(bite),
            Self::Gzip(decoder) => decoder.write_all(&bite).map(|()| std::mem::take(decoder.get_mut())),
            Self::Deflate(decoder) => decoder.write_all(&bite).map(|()| std::mem::take(decoder.get_mut())),
        };
        made.map(Bytes::from)
    }

    /// The last of the output.
    ///
    /// # Errors
    /// When the input has ended too early.
    pub fn finish(self) -> io::Result<Bytes> {
        match self {
            Self::Plain => Ok(Bytes::new()),
            Self::Gzip(decoder) => decoder.finish().map(Bytes::from),
            Self::Deflate(decoder) => decoder.finish().map(Bytes::from),
        }
    }
}

#[cfg(test)]
mod tests {
    use flate2::Compression;
    use flate2::write::GzEncoder;

    use super::*;

    fn decoded(encoding: &str, pieces: &[&[u8]]) -> io::Result<Vec<u8>> {
        let mut decoder = Decoder::new(encoding);
        let mut all = Vec::new();
        for piece in pieces {
            let mut input = Bytes::copy_from_slice(piece);
            while !input.is_empty() {
                all.extend_from_slice(&decoder.decode(&mut input)?);
            }
        }
        all.extend_from_slice(&decoder.finish()?);
        Ok(all)
    }

    #[test]
    fn what_was_compressed_comes_back_however_it_is_cut() {
        let text: Vec<u8> = (0..100_000u32).flat_map(|n| (n % 251).to_le_bytes()).collect();
        let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
        encoder.write_all(&text).unwrap();
        let packed = encoder.finish().unwrap();
        assert_eq!(decoded("gzip", &[&packed[..10], &packed[10..]]).unwrap(), text);
        assert_eq!(decoded("identity", &[&text]).unwrap(), text);
        assert!(decoded("gzip", &[&packed[..packed.len() / 2]]).is_err());
        assert!(decoded("gzip", &[b"no gzip at all"]).is_err());
    }
}
