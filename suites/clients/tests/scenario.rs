//! `docs/scenario.md`, command by command.
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

use std::process::Command;

use clients::{Clients, Finished, Server};

const DOCUMENT: &str = include_str!("../../../docs/scenario.md");

/// What the shell prints after each command.
const MARK: &str = "@@ end of command @@";

/// A command of the document, with what it must answer.
#[derive(Debug)]
struct Step {
    command: String,
    expected: String,
}

/// The blocks that begin with `    $ `.
fn steps() -> Vec<Step> {
    let mut steps: Vec<Step> = Vec::new();
    let mut within = false;
    for line in DOCUMENT.lines() {
        let block = line.strip_prefix("    ");
        match block.map(|block| block.strip_prefix("$ ")) {
            Some(Some(command)) => {
                steps.push(Step { command: command.to_owned(), expected: String::new() });
                within = true;
            }
            Some(None) if within => {
                let step = steps.last_mut().unwrap();
                step.expected.push_str(block.unwrap());
                step.expected.push('\n');
            }
            // An answer goes on after a line that is empty.
            None if line.is_empty() && within => steps.last_mut().unwrap().expected.push('\n'),
            _ => within = false,
        }
    }
    steps
}

/// One shell for all of them, so that they share their variables.
fn script(steps: &[Step]) -> String {
    // The document's `rolecall` speaks with the usual port.
    let mut script = String::from(
        "rolecall() { command=$1; shift; \"$ROLECALL\" \"$command\" --aws-port \"$PORT\" \"$@\"; }\n",
    );
    for step in steps {
        script.push_str(&format!("{{ {}\n}} 2>&1\necho '{MARK}'\n", step.command));
    }
    script
}

/// Whether `answer` is what is expected, in which `…` stands for anything.
fn fits(answer: &str, expected: &str) -> bool {
    let mut rest = answer.trim();
    let parts: Vec<&str> = expected.trim().split('…').map(str::trim).collect();
    let (Some(first), Some(last)) = (parts.first(), parts.last()) else { return false };
    if !rest.starts_with(first) || !rest.ends_with(last) {
        return false;
    }
    for part in &parts {
        let Some(at) = rest.find(part) else { return false };
        rest = rest.get(at + part.len()..).unwrap_or_default();
    }
    parts.len() > 1 || rest.is_empty()
}

#[test]
fn the_document_tells_the_truth() {
    let Some(clients) = Clients::of("the scenario of the documentation") else { return };
    let server = Server::start(&["--ephemeral"]);
    let steps = steps();
    let mut shell = Command::new("sh");
    shell.arg("-c").arg(script(&steps));
    server.point(&mut shell);
    clients.add_to_path(&mut shell);
    shell.env("ROLECALL", clients::binary()).env("PORT", server.aws_port());
    shell.env("AWS_DEFAULT_OUTPUT", "text");
    let told = Finished::run(&mut shell).output();
    let answers: Vec<&str> = told.split(MARK).collect();
    assert_eq!(answers.len(), steps.len() + 1, "{told}");
    let wrong = steps.iter().zip(answers).filter(|(step, answer)| !fits(answer, &step.expected));
    let wrong: Vec<String> = wrong
        .map(|(Step { command, expected }, answer)| {
            format!("$ {command}\n{answer}\n--- and not\n{expected}")
        })
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(steps.len() > 20);
}

#[test]
fn answers_fit_or_not() {
    assert!(fits("\na b\n", "a b"));
    assert!(!fits("a b c", "a b"));
    assert!(!fits("x a b", "a b"));
    assert!(fits("a 1 b 2 c", "a …b…c"));
    assert!(!fits("a 1 c 2 b", "a …b…c"));
    assert!(fits("anything", "…"));
    assert!(fits("", ""));
    assert!(!fits("noise", ""));
}
