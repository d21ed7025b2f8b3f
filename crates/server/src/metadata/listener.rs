//! Accepting connections to one instance's metadata.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use imds::request::MAX_HEADER_BYTES;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

use super::{Open, answer};
use crate::shared::Shared;

/// How long a client may take to send its headers.
const HEADER_TIMEOUT: Duration = Duration::from_secs(10);
/// How long to wait after the system refused a connection, as when it is out of descriptors.
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);

/// Serves until it is stopped.
pub(super) async fn run(
    listener: TcpListener,
    open: Arc<Open>,
    shared: Arc<Shared>,
    mut stopped: watch::Receiver<bool>,
) {
    let rest = stopped.clone();
    let accept = async {
        loop {
            let Ok((stream, _)) = listener.accept().await else {
                tokio::time::sleep(ACCEPT_PAUSE).await;
                continue;
            };
            limit_hops(&stream, &open, &shared);
            let (open, shared) = (Arc::clone(&open), Arc::clone(&shared));
            tokio::spawn(connection(stream, open, shared, rest.clone()));
        }
    };
    tokio::select! {
        _ = stopped.wait_for(|stop| *stop) => {}
        () = accept => {}
    }
}

/// `HttpPutResponseHopLimit` is the time to live of answers. On the loopback every answer arrives; whoever
/// looks at the packets sees the limit.
fn limit_hops(stream: &TcpStream, open: &Open, shared: &Shared) {
    let snapshot = shared.store.snapshot();
    let hops = open.row(&snapshot).map_or(1, |row| row.metadata.hop_limit);
    // What the system refuses to set changes nothing that can be seen here.
    let _ = stream.set_ttl(u32::from(hops));
    let _ = stream.set_nodelay(true);
}

async fn connection(
    stream: TcpStream,
    open: Arc<Open>,
    shared: Arc<Shared>,
    mut stopped: watch::Receiver<bool>,
) {
    let service = service_fn(move |request| {
        let (open, shared) = (Arc::clone(&open), Arc::clone(&shared));
        async move { Ok::<_, Infallible>(answer::answer(&request, &open, &shared).await) }
    });
    let serving = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEADER_TIMEOUT)
        .max_buf_size(MAX_HEADER_BYTES)
        .serve_connection(TokioIo::new(stream), service);
    tokio::select! {
        _ = stopped.wait_for(|stop| *stop) => {}
        // A client that goes away in the middle is its own business.
        _ = serving => {}
    }
}
