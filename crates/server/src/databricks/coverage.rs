//! Every operation of Databricks' hosts, called without a token and with tokens that nobody has.

use std::net::SocketAddr;
use std::sync::Arc;

use axum::body::{Body, to_bytes};
use axum::extract::Request;
use databricks::first_start::WORKSPACE_ID;
use databricks::operation::Method;
use databricks::table::{OPERATIONS, is_of_account};

use crate::coverage::empty_server;
use crate::databricks::{listeners, path};

/// What stands for every part that a path names.
const PART: &str = "1";

fn request(method: Method, path: &str, authorization: Option<&str>) -> Request {
    let parts = path.split('/').map(|part| if part.starts_with('{') { PART } else { part });
    let path = parts.collect::<Vec<_>>().join("/");
    let mut request = axum::http::Request::builder().method(method.name()).uri(path);
    request = request.header("host", "127.0.0.1").header("content-type", "application/json");
    if let Some(authorization) = authorization {
        request = request.header("authorization", authorization);
    }
    request.body(Body::from("{}")).unwrap()
}

#[test]
fn nobody_calls_without_a_name() {
    let (runtime, shared) = empty_server();
    let account = Arc::new(listeners::host(&shared, None));
    let workspace = Arc::new(listeners::host(&shared, Some(WORKSPACE_ID)));
    let answer = |method, of: &str, authorization: Option<&str>| {
        let host = Arc::clone(if is_of_account(of) { &account } else { &workspace });
        let (request, shared) = (request(method, of, authorization), Arc::clone(&shared));
        let source = SocketAddr::from(([127, 0, 0, 1], 1));
        runtime.block_on(async move {
            let response = path::serve(request, source, host, shared).await;
            let status = response.status().as_u16();
            let body = to_bytes(response.into_body(), 1 << 20).await.unwrap();
            (status, String::from_utf8(body.to_vec()).unwrap())
        })
    };
    let mut wrong = Vec::new();
    for entry in OPERATIONS {
        for path in entry.paths {
            for (authorization, expected) in [
                (None, 401),
                (Some("Basic YTpi"), 401),
                (Some("Bearer dapi00000000000000000000000000000000"), 403),
                (Some("Bearer x.y.z"), 403),
            ] {
                let (status, body) = answer(entry.method, path, authorization);
                if status != expected || !body.contains("error_code") {
                    wrong.push(format!("{} {path} {authorization:?}: {status} {body}", entry.name));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
}
