//! The bare server.

use std::io::Write;

use axum::Router;
use axum::routing::get;

use crate::connection::Source;

/// Answers "hello" until it is killed.
pub(crate) fn serve() {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        println!("AWS      http://{}\nReady.", listener.local_addr().unwrap());
        std::io::stdout().flush().unwrap();
        let router = Router::new().route("/", get(|| async { "hello" }));
        axum::serve(listener, router).await.unwrap();
    });
}

/// What is sent to it.
pub(crate) fn requests(_: usize) -> impl Source {
    Hello
}

struct Hello;

impl Source for Hello {
    fn next(&mut self) -> Option<&[u8]> {
        Some(b"GET / HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n")
    }
}
