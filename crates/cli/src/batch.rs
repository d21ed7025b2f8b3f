//! `rolecall simulate --batch`: one request a line, one answer a line, in order.
//!
//! Chunks of lines are decided on side by side. Policies that occur again, as they do in most
//! batches, are compiled once a worker.

use std::fs::File;
use std::io::{self, BufRead, BufReader, BufWriter, Read, Write};
use std::path::Path;
use std::thread;

use crate::Outcome;
use crate::failure::Failure;

mod cache;
mod line;

pub use line::Worker;

/// The longest line that is read, in bytes.
pub const MAX_LINE_BYTES: usize = 16 << 20;

/// Lines that one worker takes at a time.
const CHUNK_LINES: usize = 256;

/// Bytes at which a chunk is full, whatever its number of lines.
const CHUNK_BYTES: usize = 8 << 20;

/// A line as read, and its number from 1.
struct NumberedLine {
    number: u64,
    /// `None` if the line was longer than [`MAX_LINE_BYTES`].
    text: Option<Vec<u8>>,
}

/// Decides on every line of `path` (`-`: standard input) and prints the answers, with the trace if
/// asked.
///
/// # Errors
/// [`Failure`] if the file cannot be read or the answers cannot be written. A malformed line is an
/// answer, not an error.
pub fn run(path: &Path, trace: bool) -> Result<Outcome, Failure> {
    let failure = |source| Failure::Read { path: path.to_owned(), source };
    let mut input: Box<dyn BufRead> = if path == Path::new("-") {
        Box::new(BufReader::new(io::stdin()))
    } else {
        Box::new(BufReader::with_capacity(1 << 18, File::open(path).map_err(failure)?))
    };
    let mut out = BufWriter::with_capacity(1 << 18, io::stdout().lock());
    let count = thread::available_parallelism().map_or(1, usize::from);
    let mut workers: Vec<Worker> = (0..count).map(|_| Worker::new(trace)).collect();
    let mut next_number = 1;
    let mut all_good = true;
    loop {
        let mut chunks = Vec::new();
        while chunks.len() < workers.len() {
            let chunk = read_chunk(&mut input, &mut next_number).map_err(failure)?;
            if chunk.is_empty() {
                break;
            }
            chunks.push(chunk);
        }
        if chunks.is_empty() {
            break;
        }
        all_good &= answer(&chunks, &mut workers, &mut out)?;
    }
    out.flush()?;
    Ok(if all_good { Outcome::Good } else { Outcome::BadInput })
}

/// Answers the chunks side by side, prints in order. Whether every line was well formed.
fn answer(
    chunks: &[Vec<NumberedLine>],
    workers: &mut [Worker],
    out: &mut impl Write,
) -> Result<bool, Failure> {
    let answers: Vec<Option<(Vec<u8>, bool)>> = thread::scope(|scope| {
        let running: Vec<_> = chunks
            .iter()
            .zip(workers)
            .map(|(chunk, worker)| scope.spawn(move || answer_chunk(chunk, worker)))
            .collect();
        running.into_iter().map(|thread| thread.join().ok()).collect()
    });
    let mut all_good = true;
    for answer in answers {
        let (text, good) = answer.ok_or_else(|| {
            Failure::Input("a worker stopped: please report the line that it stopped at".to_owned())
        })?;
        out.write_all(&text)?;
        all_good &= good;
    }
    Ok(all_good)
}

fn answer_chunk(chunk: &[NumberedLine], worker: &mut Worker) -> (Vec<u8>, bool) {
    let mut out = Vec::new();
    let mut all_good = true;
    for line in chunk {
        all_good &= match &line.text {
            Some(text) => worker.answer(line.number, text, &mut out),
            None => {
                line::write_error(&mut out, line.number, None, &too_long());
                false
            }
        };
    }
    (out, all_good)
}

fn too_long() -> String {
    format!("the line is longer than the {MAX_LINE_BYTES} bytes that are read: split the request")
}

fn read_chunk(input: &mut dyn BufRead, next_number: &mut u64) -> io::Result<Vec<NumberedLine>> {
    let mut chunk = Vec::new();
    let mut bytes = 0;
    while chunk.len() < CHUNK_LINES && bytes < CHUNK_BYTES {
        let Some(text) = read_line(input)? else { break };
        bytes += text.as_ref().map_or(0, Vec::len);
        chunk.push(NumberedLine { number: *next_number, text });
        *next_number += 1;
    }
    Ok(chunk)
}

/// One line without its end; `None` at the end of the input, `Some(None)` for one that is too long.
fn read_line(input: &mut dyn BufRead) -> io::Result<Option<Option<Vec<u8>>>> {
    let mut text = Vec::new();
    let limit = MAX_LINE_BYTES as u64 + 1;
    let read = input.take(limit).read_until(b'\n', &mut text)?;
    if read == 0 {
        return Ok(None);
    }
    if text.last() == Some(&b'\n') {
        text.pop();
    } else if text.len() > MAX_LINE_BYTES {
        skip_line(input)?;
        return Ok(Some(None));
    }
    if text.last() == Some(&b'\r') {
        text.pop();
    }
    Ok(Some(Some(text)))
}

fn skip_line(input: &mut dyn BufRead) -> io::Result<()> {
    loop {
        let buffer = input.fill_buf()?;
        let (used, done) = match buffer.iter().position(|byte| *byte == b'\n') {
            Some(at) => (at + 1, true),
            None => (buffer.len(), buffer.is_empty()),
        };
        input.consume(used);
        if done {
            return Ok(());
        }
    }
}
