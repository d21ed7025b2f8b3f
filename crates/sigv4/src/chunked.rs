//! Decoding aws-chunked bodies.
//!
//! ```text
//! 10000;chunk-signature=…\r\n      size in hexadecimal; the signature if chunks are signed
//! <65536 bytes>\r\n
//! 0;chunk-signature=…\r\n
//! x-amz-checksum-crc32c:sOO8/Q==\r\n
//! x-amz-trailer-signature:…\r\n
//! \r\n
//! ```
//!
//! Sources: "Signature Calculations for the Authorization Header: Transferring Payload in Multiple
//! Chunks" and "… Including Trailing Headers", S3 API Reference.

use sha2::{Digest, Sha256};

use crate::body::{BodyError, Trailer};
use crate::chain::Chain;
use crate::content::Streaming;
use crate::limit::{MAX_CHUNK_LINE_BYTES, MAX_TRAILER_LINE_BYTES, MAX_TRAILERS};
use crate::text::{Hex64, sha256};

/// Bytes that every chunk but the last must have.
///
/// Source: S3's `InvalidChunkSizeError`, "Only the last chunk is allowed to have a size less than 8192
/// bytes".
pub const MIN_CHUNK_BYTES: u64 = 8192;

const SIGNATURE_TRAILER: &str = "x-amz-trailer-signature";

/// Takes an aws-chunked body in pieces.
#[derive(Debug)]
pub(crate) struct Decoder {
    state: State,
    /// The line that is being read.
    line: Vec<u8>,
    chain: Option<Chain>,
    /// The running chunk's hash, and the signature it came with.
    hasher: Sha256,
    signature: Option<Hex64>,
    /// Chunks begun.
    chunks: u64,
    /// Bytes of the chunk before this one.
    last_bytes: u64,
    /// Bytes that are still to come in all chunks.
    left: u64,
    announced: u64,
    /// Names of the trailing headers announced, in lower case; `None` if there are none to come.
    expected: Option<Vec<String>>,
    trailers: Vec<Trailer>,
    trailer_signature: Option<String>,
}

#[derive(Debug, Clone)]
enum State {
    /// In a chunk's size line.
    Size,
    /// In a chunk's data.
    Data {
        left: u64,
    },
    /// At the line end after a chunk's data.
    DataEnd {
        last: bool,
    },
    /// In the trailing headers.
    Trailers,
    Done,
    Failed(BodyError),
}

impl Decoder {
    pub(crate) fn new(streaming: &Streaming<'_>, chain: Option<Chain>) -> Self {
        let names = |list: &str| {
            let names = list.split(',').map(|name| name.trim().to_ascii_lowercase());
            names.filter(|name| !name.is_empty()).take(MAX_TRAILERS).collect()
        };
        Self {
            state: State::Size,
            line: Vec::new(),
            chain,
            hasher: Sha256::new(),
            signature: None,
            chunks: 0,
            last_bytes: 0,
            left: streaming.decoded_length,
            announced: streaming.decoded_length,
            expected: streaming.trailer.map(names),
            trailers: Vec::new(),
            trailer_signature: None,
        }
    }

    pub(crate) fn push(
        &mut self,
        mut piece: &[u8],
        sink: &mut dyn FnMut(&[u8]),
    ) -> Result<(), BodyError> {
        while !piece.is_empty() {
            match self.step(piece, sink) {
                Ok(rest) => piece = rest,
                Err(error) => self.state = State::Failed(error),
            }
            if let State::Failed(error) = &self.state {
                return Err(error.clone());
            }
        }
        Ok(())
    }

    pub(crate) fn finish(self) -> Result<Vec<Trailer>, BodyError> {
        match self.state {
            State::Done => Ok(self.trailers),
            State::Failed(error) => Err(error),
            _ => Err(BodyError::Truncated),
        }
    }

    /// Takes what belongs to the present state and returns the rest.
    fn step<'p>(
        &mut self,
        piece: &'p [u8],
        sink: &mut dyn FnMut(&[u8]),
    ) -> Result<&'p [u8], BodyError> {
        match self.state.clone() {
            State::Data { left } => {
                let most = usize::try_from(left).unwrap_or(usize::MAX).min(piece.len());
                let (data, rest) = piece.split_at_checked(most).unwrap_or((piece, &[]));
                self.data(data, left, sink)?;
                Ok(rest)
            }
            State::Done => Err(BodyError::Malformed { what: "there are bytes after its end" }),
            State::Failed(error) => Err(error),
            State::Size | State::DataEnd { .. } | State::Trailers => {
                let (rest, is_complete) = self.take_line(piece)?;
                if is_complete {
                    let line = std::mem::take(&mut self.line);
                    self.line(&line)?;
                    // The buffer is kept for the next line.
                    self.line = line;
                    self.line.clear();
                }
                Ok(rest)
            }
        }
    }

    /// Moves bytes of `piece` to the line, up to and without `\r\n`; whether that was found.
    fn take_line<'p>(&mut self, piece: &'p [u8]) -> Result<(&'p [u8], bool), BodyError> {
        let most = match self.state {
            State::Trailers => MAX_TRAILER_LINE_BYTES,
            State::DataEnd { .. } => 0,
            _ => MAX_CHUNK_LINE_BYTES,
        };
        for (at, byte) in piece.iter().enumerate() {
            if *byte == b'\n' && self.line.last() == Some(&b'\r') {
                self.line.pop();
                return Ok((piece.get(at + 1..).unwrap_or_default(), true));
            }
            // One more byte fits, the carriage return.
            if self.line.len() > most || (self.line.len() == most && *byte != b'\r') {
                let what = "a line in it is longer than is allowed";
                return Err(BodyError::Malformed { what });
            }
            self.line.push(*byte);
        }
        Ok((&[], false))
    }

    fn line(&mut self, line: &[u8]) -> Result<(), BodyError> {
        let not_text = BodyError::Malformed { what: "a line in it is not text" };
        let line = std::str::from_utf8(line).map_err(|_| not_text)?;
        match self.state {
            State::Size => self.chunk(line),
            State::DataEnd { last: true } => {
                self.state = State::Done;
                Ok(())
            }
            State::Trailers if line.is_empty() => self.end_trailers(),
            State::Trailers => self.trailer(line),
            _ => {
                self.state = State::Size;
                Ok(())
            }
        }
    }

    /// Begins the chunk that a size line announces.
    fn chunk(&mut self, line: &str) -> Result<(), BodyError> {
        let (size, extension) = line.split_once(';').unwrap_or((line, ""));
        let what = "a chunk's size is no hexadecimal number";
        let is_number = !size.is_empty() && size.bytes().all(|byte| byte.is_ascii_hexdigit());
        let bytes = Some(size)
            .filter(|_| is_number)
            .and_then(|size| u64::from_str_radix(size, 16).ok())
            .ok_or(BodyError::Malformed { what })?;
        if self.chain.is_some() {
            let what = "a chunk's size is not followed by ;chunk-signature= and 64 digits";
            let signature = extension.strip_prefix("chunk-signature=");
            let signature = signature.and_then(|digits| digits.as_bytes().try_into().ok());
            self.signature = Some(signature.ok_or(BodyError::Malformed { what })?);
        }
        if bytes > 0 && self.chunks > 0 && self.last_bytes < MIN_CHUNK_BYTES {
            return Err(BodyError::ChunkTooSmall { chunk: self.chunks, bytes: self.last_bytes });
        }
        self.chunks += 1;
        self.last_bytes = bytes;
        let too_long = BodyError::Length { announced: self.announced };
        self.left = self.left.checked_sub(bytes).ok_or(too_long)?;
        if bytes > 0 {
            self.state = State::Data { left: bytes };
            return Ok(());
        }
        if self.left > 0 {
            return Err(BodyError::Length { announced: self.announced });
        }
        self.check_chunk()?;
        self.state =
            if self.expected.is_some() { State::Trailers } else { State::DataEnd { last: true } };
        Ok(())
    }

    fn data(
        &mut self,
        data: &[u8],
        left: u64,
        sink: &mut dyn FnMut(&[u8]),
    ) -> Result<(), BodyError> {
        if self.chain.is_some() {
            self.hasher.update(data);
        }
        sink(data);
        let left = left.saturating_sub(data.len() as u64);
        if left > 0 {
            self.state = State::Data { left };
            return Ok(());
        }
        self.check_chunk()?;
        self.state = State::DataEnd { last: false };
        Ok(())
    }

    /// Holds the chunk that has just ended against its signature.
    fn check_chunk(&mut self) -> Result<(), BodyError> {
        let Some(chain) = &mut self.chain else { return Ok(()) };
        let hash = self.hasher.finalize_reset().into();
        match self.signature.take() {
            Some(signature) if chain.accepts_chunk(&hash, &signature) => Ok(()),
            _ => Err(BodyError::ChunkSignature { chunk: self.chunks }),
        }
    }

    fn trailer(&mut self, line: &str) -> Result<(), BodyError> {
        let (name, value) =
            line.split_once(':').ok_or(BodyError::Trailer { what: "one has no colon" })?;
        let name = name.trim().to_ascii_lowercase();
        // The documentation's example has a line feed at the end of the value.
        let value = value.trim().to_owned();
        if name == SIGNATURE_TRAILER {
            self.trailer_signature = Some(value);
            return Ok(());
        }
        let what = if self.trailer_signature.is_some() {
            "one comes after the signature"
        } else if !self.expected.iter().flatten().any(|expected| *expected == name) {
            "one is not named in x-amz-trailer"
        } else if self.trailers.iter().any(|(known, _)| *known == name) {
            "one comes twice"
        } else {
            self.trailers.push((name, value));
            return Ok(());
        };
        Err(BodyError::Trailer { what })
    }

    /// Holds the trailing headers against what was announced and against their signature, which covers
    /// them sorted by name, as the official SDKs sign them.
    fn end_trailers(&mut self) -> Result<(), BodyError> {
        if self.trailers.len() < self.expected.as_ref().map_or(0, Vec::len) {
            return Err(BodyError::Trailer { what: "one that x-amz-trailer names is missing" });
        }
        if let Some(chain) = &mut self.chain {
            let mut lines: Vec<_> =
                self.trailers.iter().map(|(name, value)| format!("{name}:{value}\n")).collect();
            lines.sort_unstable();
            let signature = self.trailer_signature.take().unwrap_or_default();
            if !chain.accepts_trailer(&sha256(lines.concat().as_bytes()), signature.as_bytes()) {
                return Err(BodyError::TrailerSignature);
            }
        }
        self.state = State::Done;
        Ok(())
    }
}
