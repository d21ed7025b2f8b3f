//! A workspace that answers as it is told to, on the loopback, and notes what it was asked.

use std::collections::VecDeque;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

use serde_json::{Value, json};

/// One answer: method and path (without query), status, body.
pub(crate) type Answer = (&'static str, &'static str, u16, Value);

/// What was asked: `METHOD path` and the body.
pub(crate) type Asked = (String, Value);

/// The workspace. An answer is given once, in order, to the first request that it fits; the last one for a path
/// stays.
pub(crate) struct Workspace {
    pub(crate) address: String,
    asked: Arc<Mutex<Vec<Asked>>>,
    answers: Arc<Mutex<VecDeque<Answer>>>,
}

impl Workspace {
    pub(crate) fn new(answers: Vec<Answer>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let workspace = Self {
            address: format!("http://{}", listener.local_addr().unwrap()),
            asked: Arc::default(),
            answers: Arc::new(Mutex::new(answers.into())),
        };
        let (asked, answers) = (Arc::clone(&workspace.asked), Arc::clone(&workspace.answers));
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                serve(stream, &asked, &answers);
            }
        });
        workspace
    }

    /// Everything that was asked since the last call, discovery left out.
    pub(crate) fn asked(&self) -> Vec<Asked> {
        std::mem::take(&mut *self.asked.lock().unwrap())
    }

    /// More answers.
    pub(crate) fn will(&self, answers: Vec<Answer>) {
        *self.answers.lock().unwrap() = answers.into();
    }
}

fn serve(mut stream: TcpStream, asked: &Mutex<Vec<Asked>>, answers: &Mutex<VecDeque<Answer>>) {
    let mut reader = BufReader::new(stream.try_clone().unwrap());
    let mut first = String::new();
    reader.read_line(&mut first).unwrap();
    let mut words = first.split(' ');
    let (method, target) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
    let mut length = 0;
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).unwrap();
        if line.trim().is_empty() {
            break;
        }
        let (name, value) = line.split_once(':').unwrap();
        if name.eq_ignore_ascii_case("content-length") {
            length = value.trim().parse().unwrap();
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).unwrap();
    let path = target.split('?').next().unwrap_or_default();
    let (status, answer) = if path.starts_with("/.well-known") {
        (404, json!({}))
    } else {
        let text = || Value::String(String::from_utf8_lossy(&body).into_owned());
        let body = serde_json::from_slice(&body).unwrap_or_else(|_| text());
        asked.lock().unwrap().push((format!("{method} {target}"), body));
        take(&mut answers.lock().unwrap(), method, path)
    };
    // A text is sent as it is: AWS answers with XML.
    let text = answer.as_str().map_or_else(|| answer.to_string(), str::to_owned);
    let length = text.len();
    let head =
        format!("HTTP/1.1 {status} X\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n");
    let _ = stream.write_all(format!("{head}{text}").as_bytes());
}

fn take(answers: &mut VecDeque<Answer>, method: &str, path: &str) -> (u16, Value) {
    let fits = |answer: &Answer| answer.0 == method && answer.1 == path;
    let Some(at) = answers.iter().position(fits) else {
        return (
            501,
            json!({"error_code": "NOT_IMPLEMENTED", "message": format!("{method} {path}")}),
        );
    };
    let more = answers.iter().filter(|answer| fits(answer)).count() > 1;
    let (.., status, body) = answers[at].clone();
    if more {
        answers.remove(at);
    }
    (status, body)
}
