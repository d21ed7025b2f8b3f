//! Hashes of bytes on their way in: of a few where they come in, of many on a thread of their own, so that the next
//! ones are received, verified and written meanwhile. MD5, which S3's ETags are, is the slowest step of all.

use axum::body::Bytes;
use s3::intake::{Intake, check_size};
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

use crate::respond::Failure;

/// Bytes from which a thread is worth it.
const MANY_BYTES: u64 = 1 << 20;
/// Pieces that wait for the thread.
const WAITING_PIECES: usize = 16;

/// Bytes that are being counted and hashed.
pub(super) struct Hashing {
    bytes: u64,
    place: Place,
}

enum Place {
    Here(Box<Intake>),
    Apart { pieces: mpsc::Sender<Bytes>, done: JoinHandle<Intake> },
}

impl Hashing {
    /// For about so many bytes.
    pub(super) fn begin(mut intake: Intake, expected_bytes: u64) -> Self {
        let place = if expected_bytes < MANY_BYTES {
            Place::Here(Box::new(intake))
        } else {
            let (pieces, mut waiting) = mpsc::channel::<Bytes>(WAITING_PIECES);
            let done = tokio::task::spawn_blocking(move || {
                while let Some(piece) = waiting.blocking_recv() {
                    intake.update(&piece);
                }
                intake
            });
            Place::Apart { pieces, done }
        };
        Self { bytes: 0, place }
    }

    pub(super) async fn update(&mut self, piece: &Bytes) -> Result<(), Failure> {
        self.bytes += piece.len() as u64;
        check_size(self.bytes).map_err(Failure::Service)?;
        match &mut self.place {
            Place::Here(intake) => intake.update(piece),
            // A thread that is gone says so at the end.
            Place::Apart { pieces, .. } => drop(pieces.send(piece.clone()).await),
        }
        Ok(())
    }

    /// All have come.
    pub(super) async fn end(self) -> Result<Intake, Failure> {
        match self.place {
            Place::Here(intake) => Ok(*intake),
            Place::Apart { pieces, done } => {
                drop(pieces);
                let gone =
                    |_| Failure::Internal("the thread that hashes a body is gone".to_owned());
                done.await.map_err(gone)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn many_bytes_are_hashed_as_few_are() {
        let runtime =
            tokio::runtime::Builder::new_multi_thread().worker_threads(1).build().unwrap();
        let pieces: Vec<Bytes> = (0..40_u8).map(|byte| vec![byte; 1 << 15].into()).collect();
        let mut at_once = Intake::plain();
        pieces.iter().for_each(|piece| at_once.update(piece));
        let (md5, checksum) = at_once.results();
        for expected_bytes in [0, MANY_BYTES - 1, MANY_BYTES] {
            let intake = runtime.block_on(async {
                let mut hashing = Hashing::begin(Intake::plain(), expected_bytes);
                let is_apart = matches!(hashing.place, Place::Apart { .. });
                assert_eq!(is_apart, expected_bytes == MANY_BYTES);
                for piece in &pieces {
                    assert!(hashing.update(piece).await.is_ok());
                }
                hashing.end().await.ok().unwrap()
            });
            assert_eq!(intake.bytes(), 40 << 15);
            let found = intake.results();
            assert_eq!((&found.0, &found.1.value), (&md5, &checksum.value));
        }
    }
}
