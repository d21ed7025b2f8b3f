//! A command that has run.

use std::io::{BufRead, BufReader, Read};
use std::os::unix::process::CommandExt;
use std::process::{Command, Stdio};

/// What a command said, and how it ended.
#[derive(Debug)]
pub struct Finished {
    line: String,
    /// Its exit status.
    pub status: Option<i32>,
    /// What it printed.
    pub stdout: String,
    /// What it complained.
    pub stderr: String,
}

impl Finished {
    /// Runs `command` to its end.
    pub fn run(command: &mut Command) -> Self {
        let line = format!("{command:?}");
        let output = command.stdin(Stdio::null()).output();
        let output = output.unwrap_or_else(|error| panic!("cannot run {line}: {error}"));
        Self {
            line,
            status: output.status.code(),
            stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
            stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }

    /// Runs `command` until it prints a line that starts with `until`, sends SIGINT to it and all that it has
    /// started, as a terminal does on Ctrl+C, and waits for its end.
    pub fn interrupted(command: &mut Command, until: &str) -> Self {
        let line = format!("{command:?}");
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.process_group(0).spawn().expect("it starts");
        let mut output = BufReader::new(child.stdout.take().expect("its output"));
        let mut stdout = String::new();
        loop {
            let start = stdout.len();
            let read = output.read_line(&mut stdout).expect("lines of text");
            assert!(read > 0, "it did not say `{until}`\n{line}\n{stdout}");
            if stdout.get(start..).is_some_and(|last| last.starts_with(until)) {
                break;
            }
        }
        let group = format!("-{}", child.id());
        let sent = Command::new("kill").args(["-INT", "--", &group]).status();
        assert!(sent.is_ok_and(|status| status.success()), "cannot interrupt {line}");
        output.read_to_string(&mut stdout).expect("lines of text");
        let ended = child.wait_with_output().expect("it ends");
        let stderr = String::from_utf8_lossy(&ended.stderr).into_owned();
        Self { line, status: ended.status.code(), stdout, stderr }
    }

    /// What it printed; it must have succeeded.
    #[must_use = "for its output; `succeeds` only wants the status"]
    pub fn output(self) -> String {
        self.has_status(0);
        self.stdout
    }

    /// It must have succeeded.
    pub fn succeeds(&self) {
        self.has_status(0);
    }

    /// It must have failed and complained of `text`.
    pub fn fails_with(&self, text: &str) {
        assert_ne!(self.status, Some(0), "it did not fail\n{}", self.told());
        assert!(self.stderr.contains(text), "it did not say `{text}`\n{}", self.told());
    }

    /// It must have failed and complained of all of `texts`, wherever the lines of its complaint break.
    pub fn explains(&self, texts: &[&str]) {
        assert_ne!(self.status, Some(0), "it did not fail\n{}", self.told());
        self.tells(&self.stderr, texts);
    }

    /// It must have succeeded and printed all of `texts`, wherever its lines break.
    pub fn mentions(&self, texts: &[&str]) {
        self.has_status(0);
        self.tells(&self.stdout, texts);
    }

    /// Terraform draws a box around what it says, and breaks the lines in it.
    fn tells(&self, said: &str, texts: &[&str]) {
        let words = said.split_whitespace().filter(|word| !matches!(*word, "│" | "╷" | "╵"));
        let said = words.collect::<Vec<_>>().join(" ");
        for text in texts {
            assert!(said.contains(text), "it did not say `{text}`\n{}", self.told());
        }
    }

    /// It must have ended so.
    pub fn has_status(&self, status: i32) {
        assert_eq!(self.status, Some(status), "{}", self.told());
    }

    fn told(&self) -> String {
        let Self { line, stdout, stderr, .. } = self;
        format!("{line}\n--- stdout\n{stdout}\n--- stderr\n{stderr}")
    }
}
