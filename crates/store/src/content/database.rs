//! Contents as rows of chunks in PostgreSQL, where replicas share no disk.

use std::ops::Range;
use std::sync::Arc;

use bytes::{Bytes, BytesMut};
use tokio::sync::{Mutex, mpsc};
use tokio_postgres::{Client, Config};

use super::ContentId;
use crate::engine::postgres::connect::{connect, parse};
use crate::error::StoreError;
use crate::limits::{CONTENT_CHUNK_BYTES, CONTENT_GRACE_SECONDS};

const BEGIN: &str = "INSERT INTO content (id) VALUES ($1)";
const CHUNK: &str = "WITH alive AS (UPDATE content SET touched = now() WHERE id = $1) \
     INSERT INTO content_chunk (id, number, data) VALUES ($1, $2, $3)";
const FINISH: &str = "UPDATE content SET bytes = $2, touched = now() WHERE id = $1";
const READ: &str = "SELECT data FROM content_chunk WHERE id = $1 AND number = $2";
const REMOVE: &str = "DELETE FROM content WHERE id = ANY($1)";
const OLD: &str = "SELECT id, bytes IS NULL FROM content \
     WHERE touched < now() - make_interval(secs => $1)";
const COUNT: &str = "SELECT count(*) FROM content WHERE bytes IS NOT NULL";

#[derive(Clone)]
pub(super) struct Database {
    inner: Arc<Inner>,
}

struct Inner {
    config: Config,
    client: Mutex<Arc<Client>>,
}

pub(super) struct Writer {
    database: Database,
    id: ContentId,
    gathered: BytesMut,
    /// Chunks written; none before the content is begun.
    chunks: Option<i64>,
    finished: bool,
}

impl Database {
    pub(super) async fn open(url: &str) -> Result<Self, StoreError> {
        let config = parse(url)?;
        let client = Mutex::new(Arc::new(connect(&config).await?));
        Ok(Self { inner: Arc::new(Inner { config, client }) })
    }

    pub(super) fn writer(&self, id: ContentId) -> Writer {
        let gathered = BytesMut::new();
        Writer { database: self.clone(), id, gathered, chunks: None, finished: false }
    }

    pub(super) fn read(
        &self,
        id: ContentId,
        range: Range<u64>,
        sender: mpsc::Sender<Result<Bytes, StoreError>>,
    ) {
        let database = self.clone();
        tokio::spawn(async move {
            if let Err(error) = database.send_range(id, range, &sender).await {
                let _ = sender.send(Err(error)).await;
            }
        });
    }

    async fn send_range(
        &self,
        id: ContentId,
        range: Range<u64>,
        sender: &mpsc::Sender<Result<Bytes, StoreError>>,
    ) -> Result<(), StoreError> {
        let (size, name) = (CONTENT_CHUNK_BYTES as u64, id.to_string());
        for number in range.start / size..range.end.div_ceil(size) {
            let stored = i64::try_from(number).unwrap_or(i64::MAX);
            let row = self.client().await?.query_opt(READ, &[&name, &stored]).await?;
            let Some(row) = row else { return Err(StoreError::MissingContent { id: name }) };
            let data: Vec<u8> = row.try_get(0)?;
            let place = |at: u64| {
                let inside = at.saturating_sub(number * size);
                usize::try_from(inside).unwrap_or(usize::MAX).min(data.len())
            };
            let piece = Bytes::from(
                data.get(place(range.start)..place(range.end)).unwrap_or_default().to_vec(),
            );
            if sender.send(Ok(piece)).await.is_err() {
                return Ok(());
            }
        }
        Ok(())
    }

    pub(super) async fn remove(&self, ids: &[ContentId]) -> Result<(), StoreError> {
        let names: Vec<String> = ids.iter().map(ContentId::to_string).collect();
        self.client().await?.execute(REMOVE, &[&names]).await?;
        Ok(())
    }

    pub(super) async fn sweep(
        &self,
        is_named: &(dyn Fn(ContentId) -> bool + Sync),
    ) -> Result<u64, StoreError> {
        let grace = f64::from(CONTENT_GRACE_SECONDS);
        let mut swept = Vec::new();
        for row in self.client().await?.query(OLD, &[&grace]).await? {
            let (name, unfinished): (String, bool) = (row.try_get(0)?, row.try_get(1)?);
            let id = ContentId::parse(&name);
            swept.extend(id.filter(|id| unfinished || !is_named(*id)));
        }
        self.remove(&swept).await?;
        Ok(swept.len() as u64)
    }

    pub(super) async fn count(&self) -> Result<u64, StoreError> {
        let count: i64 = self.client().await?.query_one(COUNT, &[]).await?.try_get(0)?;
        Ok(u64::try_from(count).unwrap_or_default())
    }

    /// The connection, a new one if the last broke.
    async fn client(&self) -> Result<Arc<Client>, StoreError> {
        let mut client = self.inner.client.lock().await;
        if client.is_closed() {
            *client = Arc::new(connect(&self.inner.config).await?);
        }
        Ok(Arc::clone(&client))
    }
}

impl Writer {
    pub(super) async fn write(&mut self, piece: Bytes) -> Result<(), StoreError> {
        self.gathered.extend_from_slice(&piece);
        while self.gathered.len() >= CONTENT_CHUNK_BYTES {
            let chunk = self.gathered.split_to(CONTENT_CHUNK_BYTES);
            self.chunk(&chunk).await?;
        }
        Ok(())
    }

    pub(super) async fn finish(mut self, bytes: u64) -> Result<(), StoreError> {
        let rest = self.gathered.split();
        if !rest.is_empty() || self.chunks.is_none() {
            self.chunk(&rest).await?;
        }
        let bytes = i64::try_from(bytes).unwrap_or(i64::MAX);
        let client = self.database.client().await?;
        client.execute(FINISH, &[&self.id.to_string(), &bytes]).await?;
        self.finished = true;
        Ok(())
    }

    async fn chunk(&mut self, data: &[u8]) -> Result<(), StoreError> {
        let client = self.database.client().await?;
        let name = self.id.to_string();
        if self.chunks.is_none() {
            client.execute(BEGIN, &[&name]).await?;
        }
        let number = self.chunks.unwrap_or_default();
        client.execute(CHUNK, &[&name, &number, &data]).await?;
        self.chunks = Some(number + 1);
        Ok(())
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        if self.chunks.is_none() || self.finished {
            return;
        }
        let (database, id) = (self.database.clone(), self.id);
        if let Ok(runtime) = tokio::runtime::Handle::try_current() {
            // What is left if this fails is swept at a later start.
            runtime.spawn(async move { database.remove(&[id]).await });
        }
    }
}
