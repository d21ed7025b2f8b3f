//! Sums of bytes on their way in. The MD5, which S3's ETags are, is the slowest step of all: that of many bytes is
//! made on a thread of its own, so that the next ones are received, verified and written meanwhile.

use axum::body::Bytes;
use s3::intake::{Intake, Md5Sum, check_size};
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

use crate::respond::Failure;

/// Bytes from which a thread is worth it.
const MANY_BYTES: u64 = 1 << 20;
/// Bytes that the thread is given at once, about: waking it for less costs more.
const BATCH_BYTES: usize = 256 << 10;
/// Batches that wait for the thread.
const WAITING_BATCHES: usize = 8;

/// Bytes that are being counted and hashed.
pub(super) struct Hashing {
    intake: Intake,
    /// Where the MD5 is, if not in the intake.
    apart: Option<Apart>,
}

/// A thread that makes the MD5.
struct Apart {
    batch: Vec<Bytes>,
    batch_bytes: usize,
    batches: mpsc::Sender<Vec<Bytes>>,
    done: JoinHandle<Md5Sum>,
}

impl Hashing {
    /// For about so many bytes.
    pub(super) fn begin(mut intake: Intake, expected_bytes: u64) -> Self {
        let apart = (expected_bytes >= MANY_BYTES).then(|| Apart::start(intake.lend_md5()));
        Self { intake, apart }
    }

    pub(super) async fn update(&mut self, piece: &Bytes) -> Result<(), Failure> {
        check_size(self.intake.bytes() + piece.len() as u64).map_err(Failure::Service)?;
        match &mut self.apart {
            None => self.intake.update(piece),
            Some(apart) => {
                apart.update(piece).await;
                self.intake.update_others(piece);
            }
        }
        Ok(())
    }

    /// All have come.
    pub(super) async fn end(mut self) -> Result<Intake, Failure> {
        if let Some(apart) = self.apart {
            self.intake.take_back_md5(apart.end().await?);
        }
        Ok(self.intake)
    }
}

impl Apart {
    fn start(mut md5: Md5Sum) -> Self {
        let (batches, mut waiting) = mpsc::channel::<Vec<Bytes>>(WAITING_BATCHES);
        let done = tokio::task::spawn_blocking(move || {
            while let Some(batch) = waiting.blocking_recv() {
                batch.iter().for_each(|piece| md5.update(piece));
            }
            md5
        });
        Self { batch: Vec::new(), batch_bytes: 0, batches, done }
    }

    async fn update(&mut self, piece: &Bytes) {
        self.batch.push(piece.clone());
        self.batch_bytes += piece.len();
        if self.batch_bytes >= BATCH_BYTES {
            self.hand_over().await;
        }
    }

    async fn hand_over(&mut self) {
        self.batch_bytes = 0;
        // A thread that is gone says so at the end.
        let _ = self.batches.send(std::mem::take(&mut self.batch)).await;
    }

    async fn end(mut self) -> Result<Md5Sum, Failure> {
        self.hand_over().await;
        drop(self.batches);
        let gone = |_| Failure::Internal("the thread that hashes a body is gone".to_owned());
        self.done.await.map_err(gone)
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
                assert_eq!(hashing.apart.is_some(), expected_bytes == MANY_BYTES);
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
