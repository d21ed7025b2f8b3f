//! The test runner: its output is passed on, its summary kept, so that it can be the last thing said.

use std::io::{BufRead, BufReader, IsTerminal, Write};
use std::process::{Command, Stdio};

use crate::Outcome;

/// What the runner did.
pub(crate) struct Ran {
    pub(crate) passed: bool,
    /// Its own summary, or that of all its parts.
    pub(crate) summary: String,
}

/// Runs `cargo ARGUMENTS` and passes on what it prints.
pub(crate) fn run(arguments: &[&str], environment: &[(&str, &str)]) -> Outcome<Ran> {
    let line = format!("cargo {}", arguments.join(" "));
    println!("> {line}");
    let mut command = Command::new("cargo");
    command.args(arguments).envs(environment.iter().copied());
    if std::io::stderr().is_terminal() {
        command.env("CARGO_TERM_COLOR", "always");
    }
    // nextest tells everything on stderr, `cargo test` its results on stdout.
    let (stdout, stderr) = if arguments.first() == Some(&"nextest") {
        (Stdio::inherit(), Stdio::piped())
    } else {
        (Stdio::piped(), Stdio::inherit())
    };
    let failed = |error: std::io::Error| format!("cannot run `{line}`: {error}");
    let mut child = command.stdout(stdout).stderr(stderr).spawn().map_err(failed)?;
    let mut summary = Summary::default();
    if let Some(stderr) = child.stderr.take() {
        pass_on(stderr, std::io::stderr(), &mut summary);
    }
    if let Some(stdout) = child.stdout.take() {
        pass_on(stdout, std::io::stdout(), &mut summary);
    }
    let status = child.wait().map_err(failed)?;
    Ok(Ran { passed: status.success(), summary: summary.text() })
}

fn pass_on(from: impl std::io::Read, mut to: impl Write, summary: &mut Summary) {
    let mut lines = BufReader::new(from);
    let mut line = Vec::new();
    while lines.read_until(b'\n', &mut line).is_ok_and(|read| read > 0) {
        // Whoever closed our output does not want it.
        let _ = to.write_all(&line);
        summary.read(&String::from_utf8_lossy(&line));
        line.clear();
    }
    let _ = to.flush();
}

/// The runner's summary as it goes by.
#[derive(Default)]
struct Summary {
    nextest: Option<String>,
    passed: u64,
    failed: u64,
    ignored: u64,
}

impl Summary {
    fn read(&mut self, line: &str) {
        let plain = without_colours(line);
        if plain.trim_start().starts_with("Summary [") {
            self.nextest = Some(line.trim_end().to_owned());
        }
        if let Some(result) = plain.strip_prefix("test result: ") {
            self.passed += number_before(result, " passed");
            self.failed += number_before(result, " failed");
            self.ignored += number_before(result, " ignored");
        }
    }

    fn text(&self) -> String {
        let Self { nextest, passed, failed, ignored } = self;
        match nextest {
            Some(summary) => summary.clone(),
            None => format!("{passed} passed, {failed} failed, {ignored} ignored"),
        }
    }
}

/// The number that stands before `word`.
fn number_before(text: &str, word: &str) -> u64 {
    let before = text.split_once(word).map_or("", |(before, _)| before);
    before.rsplit(' ').next().and_then(|number| number.parse().ok()).unwrap_or(0)
}

/// The text without a terminal's sequences of the form `ESC [ … m`.
fn without_colours(line: &str) -> String {
    let mut parts = line.split("\u{1b}[");
    let mut plain = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        plain.push_str(part.split_once('m').map_or(part, |(_, rest)| rest));
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    fn summary(lines: &[&str]) -> String {
        let mut summary = Summary::default();
        lines.iter().for_each(|line| summary.read(line));
        summary.text()
    }

    #[test]
    fn the_summary_of_nextest() {
        let line = "     Summary [  12.3s] 817 tests run: 817 passed, 0 skipped";
        assert_eq!(summary(&["PASS one\n", &format!("{line}\n")]), line);
        let coloured = "\u{1b}[32;1m     Summary\u{1b}[0m [  1s] 1 test run: 1 passed";
        assert_eq!(summary(&[coloured]), coloured);
    }

    #[test]
    fn the_summaries_of_cargo_test_are_added() {
        let one = "test result: ok. 10 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out";
        let two = "test result: FAILED. 3 passed; 2 failed; 0 ignored; 0 measured; 0 filtered out";
        assert_eq!(summary(&[one, "running 5 tests", two]), "13 passed, 2 failed, 1 ignored");
    }
}
