//! Contents: one contract for every engine, and what a crash leaves.

use std::fs;

use bytes::Bytes;
use store::limits::{CONTENT_CHUNK_BYTES, MAX_GATHERED_BYTES};
use store::{Content, ContentId, Contents, Place, StoreError};

use crate::ground::Ground;

fn id(number: u8) -> ContentId {
    ContentId::new([number; 16])
}

fn bytes(count: usize) -> Vec<u8> {
    (0..count).map(|at| u8::try_from(at % 251).unwrap()).collect()
}

async fn write(contents: &Contents, id: ContentId, bytes: &[u8], piece: usize) -> Content {
    let mut writer = contents.writer(id);
    for piece in bytes.chunks(piece) {
        writer.write(Bytes::copy_from_slice(piece)).await.unwrap();
    }
    writer.finish().await.unwrap()
}

async fn read(
    contents: &Contents,
    id: ContentId,
    from: u64,
    to: u64,
) -> Result<Vec<u8>, StoreError> {
    let mut reader = contents.read(id, from..to);
    let mut all = Vec::new();
    while let Some(piece) = reader.next().await {
        all.extend_from_slice(&piece?);
    }
    Ok(all)
}

async fn contract(ground: &Ground) {
    let store = ground.open().await;
    let contents = Contents::open(&ground.place()).await.unwrap();
    let sizes = [
        0,
        1,
        MAX_GATHERED_BYTES,
        MAX_GATHERED_BYTES + 1,
        CONTENT_CHUNK_BYTES,
        CONTENT_CHUNK_BYTES + 1,
        3 * CONTENT_CHUNK_BYTES + 5,
    ];
    for (number, size) in (0..).zip(sizes) {
        let all = bytes(size);
        let content = write(&contents, id(number), &all, 100_000).await;
        assert_eq!(content, Content { id: id(number), bytes: size as u64 });
        assert_eq!(read(&contents, id(number), 0, size as u64).await.unwrap(), all, "{size}");
        let (from, to) = (size / 3, size - size / 5);
        let part = read(&contents, id(number), from as u64, to as u64).await.unwrap();
        assert_eq!(part, all[from..to], "{size}");
    }
    assert_eq!(contents.count().await.unwrap(), 7);
    // Given up: nothing stays.
    let mut writer = contents.writer(id(100));
    writer.write(Bytes::from(bytes(3 * CONTENT_CHUNK_BYTES))).await.unwrap();
    drop(writer);
    assert_eq!(contents.count().await.unwrap(), 7);
    assert!(matches!(read(&contents, id(100), 0, 1).await, Err(StoreError::MissingContent { .. })));
    contents.remove(id(6)).await.unwrap();
    contents.remove(id(6)).await.unwrap();
    assert!(matches!(read(&contents, id(6), 0, 1).await, Err(StoreError::MissingContent { .. })));
    if ground.is_durable() {
        let again = Contents::open(&ground.place()).await.unwrap();
        let size = CONTENT_CHUNK_BYTES as u64 + 1;
        assert_eq!(read(&again, id(5), 0, size).await.unwrap().len(), CONTENT_CHUNK_BYTES + 1);
    }
    if !contents.is_shared() {
        // Another replica may be about to name what is new.
        assert_eq!(contents.sweep(&|named| named == id(2)).await.unwrap(), 5);
        assert_eq!(contents.count().await.unwrap(), 1);
    }
    drop(store);
}

#[tokio::test]
async fn contents_in_memory() {
    contract(&Ground::memory()).await;
}

#[tokio::test]
async fn contents_in_a_folder() {
    contract(&Ground::sqlite()).await;
}

#[tokio::test]
async fn contents_in_postgres() {
    if let Some(ground) = Ground::postgres() {
        contract(&ground).await;
    }
}

/// Whoever reads a content reads all of it, though it is removed meanwhile.
#[tokio::test]
async fn a_hold_keeps_a_removed_content_readable() {
    for ground in [Ground::memory(), Ground::sqlite()] {
        let _store = ground.open().await;
        let contents = Contents::open(&ground.place()).await.unwrap();
        let size = 8 * CONTENT_CHUNK_BYTES;
        write(&contents, id(1), &bytes(size), 1 << 20).await;
        let (hold, other) =
            (contents.hold([id(1)].into_iter()), contents.hold([id(1)].into_iter()));
        contents.remove(id(1)).await.unwrap();
        assert_eq!(read(&contents, id(1), 0, size as u64).await.unwrap().len(), size);
        drop(hold);
        assert_eq!(contents.count().await.unwrap(), 1, "somebody still holds it");
        drop(other);
        assert_eq!(contents.count().await.unwrap(), 0);
    }
}

/// What a process left behind when it was killed is gone, and nothing but files with an id for a name is made.
#[tokio::test]
async fn leftovers_are_cleared_at_the_start() {
    let ground = Ground::sqlite();
    let _store = ground.open().await;
    let contents = Contents::open(&ground.place()).await.unwrap();
    write(&contents, id(7), b"whole", 5).await;
    let Place::Folder(folder) = ground.place() else { panic!("not a folder") };
    let incoming = folder.join("content/incoming");
    fs::write(incoming.join(id(8).to_string()), "half").unwrap();
    let name = id(7).to_string();
    assert_eq!(fs::read(folder.join("content").join(&name[..2]).join(&name)).unwrap(), b"whole");
    let again = Contents::open(&ground.place()).await.unwrap();
    assert_eq!(fs::read_dir(&incoming).unwrap().count(), 0);
    assert_eq!(again.count().await.unwrap(), 1);
}

#[test]
fn ids_are_no_paths() {
    let text = id(255).to_string();
    assert_eq!(text, "f".repeat(32));
    assert_eq!(ContentId::parse(&text), Some(id(255)));
    for bad in ["", "..", "../../../../../../../../etc/passwd", &"F".repeat(32), &"f".repeat(33)] {
        assert_eq!(ContentId::parse(bad), None, "{bad}");
    }
}
