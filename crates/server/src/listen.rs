//! Listeners: connections are accepted, bounded in number, in what they may send before it is looked at, and
//! in how long they may take to send it.

mod unread;

use std::convert::Infallible;
use std::future::Future;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::response::Response;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::io::AsyncWriteExt;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};

pub(crate) use unread::Form;
use unread::Told;

/// Connections at a time to one listener: fewer than the 1,024 files that systems let a process open unless
/// they are told otherwise.
pub(crate) const MAX_CONNECTIONS: usize = 512;
/// Seconds that a client may take to send the head of a request, and that a connection may be idle.
const HEADER_SECONDS: u64 = 30;
/// Bytes of a request's head. Beyond, the client is told so and the connection is closed.
const MAX_HEAD_BYTES: usize = 64 << 10;
/// Fields of a request's head, likewise. It is what hyper takes unless it is told otherwise, and faster than any other.
#[cfg(test)]
const MAX_HEAD_FIELDS: usize = 100;
/// Seconds that requests under way get to end when the server stops.
const STOP_SECONDS: u64 = 10;
/// How long to wait after the system refused a connection, as when it is out of descriptors.
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);

/// What connections may take.
#[derive(Debug, Clone)]
pub(crate) struct Bounds {
    pub(crate) header: Duration,
    pub(crate) connections: Arc<Semaphore>,
}

impl Default for Bounds {
    fn default() -> Self {
        Self {
            header: Duration::from_secs(HEADER_SECONDS),
            connections: Arc::new(Semaphore::new(MAX_CONNECTIONS)),
        }
    }
}

/// Serves connections by `answer` until `stopped`, and then those requests that are under way.
pub(crate) async fn serve<A, F>(
    listener: TcpListener,
    form: Form,
    bounds: Bounds,
    mut stopped: watch::Receiver<bool>,
    answer: A,
) where
    A: Fn(hyper::Request<Incoming>, SocketAddr) -> F + Clone + Send + 'static,
    F: Future<Output = Response> + Send + 'static,
{
    // Held by every connection, to know when the last one has ended.
    let (alive, mut ended) = tokio::sync::mpsc::channel::<Infallible>(1);
    let stop = stopped.clone();
    let accept = async {
        loop {
            let Ok((stream, source)) = listener.accept().await else {
                tokio::time::sleep(ACCEPT_PAUSE).await;
                continue;
            };
            let Ok(permit) = Arc::clone(&bounds.connections).try_acquire_owned() else {
                tokio::spawn(turn_away(stream));
                continue;
            };
            // Answers are small and whole.
            let _ = stream.set_nodelay(true);
            let (answer, alive, stop) = (answer.clone(), alive.clone(), stop.clone());
            let header = bounds.header;
            tokio::spawn(async move {
                let stream = Told::new(stream, form);
                connection(stream, source, header, permit, stop, answer).await;
                drop(alive);
            });
        }
    };
    tokio::select! {
        _ = stopped.wait_for(|stop| *stop) => {}
        () = accept => {}
    }
    drop((listener, alive));
    let _ = tokio::time::timeout(Duration::from_secs(STOP_SECONDS), ended.recv()).await;
}

async fn connection<A, F>(
    stream: Told,
    source: SocketAddr,
    header: Duration,
    permit: OwnedSemaphorePermit,
    mut stopped: watch::Receiver<bool>,
    answer: A,
) where
    A: Fn(hyper::Request<Incoming>, SocketAddr) -> F,
    F: Future<Output = Response>,
{
    let service = service_fn(move |request| {
        let answer = answer(request, source);
        async move { Ok::<_, Infallible>(answer.await) }
    });
    let serving = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(header)
        .max_buf_size(MAX_HEAD_BYTES)
        .serve_connection(TokioIo::new(stream), service);
    let mut serving = std::pin::pin!(serving);
    let stop = async { drop(stopped.wait_for(|stop| *stop).await) };
    // A client that goes away in the middle, or sends what is no HTTP, is its own business.
    tokio::select! {
        _ = serving.as_mut() => {}
        () = stop => {
            serving.as_mut().graceful_shutdown();
            let _ = serving.await;
        }
    }
    drop(permit);
}

/// Tells a client that there are too many, in AWS's form, without looking at what it sends.
async fn turn_away(mut stream: TcpStream) {
    const BODY: &str = "<ErrorResponse><Error><Type>Receiver</Type><Code>ServiceUnavailable</Code>\
                        <Message>Too many connections are open to this server; close some and try again.\
                        </Message></Error></ErrorResponse>";
    let answer = format!(
        "HTTP/1.1 503 Service Unavailable\r\ncontent-type: text/xml\r\nretry-after: 1\r\n\
         connection: close\r\ncontent-length: {}\r\n\r\n{BODY}",
        BODY.len()
    );
    let _ = stream.write_all(answer.as_bytes()).await;
    let _ = stream.shutdown().await;
}

#[cfg(test)]
mod tests;
