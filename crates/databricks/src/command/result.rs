//! What comes of a command, in the form in which clients read it.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// What comes of a command.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Results {
    /// What it printed and answered.
    Text {
        /// The text.
        data: String,
        /// Whether there was more.
        truncated: bool,
    },
    /// The exception that it ended in.
    Error {
        /// Its class, as it stands in Python: `Exception`, or `ExecutionError` around one of the JVM's.
        class: String,
        /// What it says.
        text: String,
    },
}

/// Why a command ends in an exception.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Exception {
    /// Python's own, raised by the script.
    Raised(String),
    /// The JVM's, raised by a call of `dbutils.fs`: its class and text.
    Jvm(String),
    /// What rolecall does not do.
    NotModelled(String),
}

impl Exception {
    /// One of the JVM's.
    #[must_use]
    pub fn jvm(class: &str, text: &str) -> Self {
        Self::Jvm(format!("{class}: {text}"))
    }
}

impl Results {
    /// A text, all of it.
    #[must_use]
    pub fn text(data: impl Into<String>) -> Self {
        Self::Text { data: data.into(), truncated: false }
    }

    /// What comes of a command that rolecall does not run.
    #[must_use]
    pub fn not_run() -> Self {
        let text = "rolecall runs no code on clusters. It knows the scripts of `databricks_mount`, and as a \
                    command's only statement in Python dbutils.fs.ls(\"PATH\"), dbutils.fs.head(\"PATH\") and \
                    dbutils.fs.put(\"PATH\", \"TEXT\", True) with literals, where PATH begins with s3a:// or \
                    /mnt/. To run a program with the cluster's credentials: rolecall exec INSTANCE -- COMMAND";
        Self::of(Exception::NotModelled(text.to_owned()), "")
    }

    /// What comes of a command that ends in an exception; `method` is that of `dbutils.fs` that was called.
    #[must_use]
    pub fn of(exception: Exception, method: &str) -> Self {
        let (class, text) = match exception {
            Exception::Raised(text) => ("Exception", text),
            Exception::NotModelled(text) => ("NotImplementedError", text),
            Exception::Jvm(text) => {
                let call = format!("An error occurred while calling o1.{method}.\n: {text}");
                ("ExecutionError", call)
            }
        };
        Self::Error { class: class.to_owned(), text }
    }

    /// They as the API has them. Summaries are HTML.
    #[must_use]
    pub fn show(&self) -> Value {
        match self {
            Self::Text { data, truncated } => {
                json!({"resultType": "text", "data": data, "truncated": truncated})
            }
            Self::Error { class, text } => {
                let summary =
                    format!("<span class=\"ansi-red-fg\">{class}</span>: {}", escaped(text));
                json!({
                    "resultType": "error", "summary": summary, "cause": format!("{class}: {text}"),
                })
            }
        }
    }
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}
