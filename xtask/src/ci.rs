//! `cargo xtask ci [--full]`: everything that must hold before a change lands, cheapest first, the
//! tests last. The closing lines count the scenarios with real clients and repeat the runner's own summary.

use std::num::NonZero;
use std::process::Command;
use std::thread::available_parallelism;

use crate::{Outcome, clients, runner};

/// Where the reference pages are that some tests read; those tests are not run without it.
const PAGES: &str = "ROLECALL_PAGES";

/// How many tests run at a time on each core: what takes long are scenarios with Terraform, which mostly waits.
const WAITING: usize = 2;

/// How long each fuzz target runs in a full run, in seconds.
const FUZZ_SECONDS: &str = "60";

pub(crate) fn run(arguments: &[String]) -> Outcome {
    let full = match arguments {
        [] => false,
        [only] if only == "--full" => true,
        _ => return Err("usage: cargo xtask ci [--full]".to_owned()),
    };
    step("cargo", &["fmt", "--all", "--check"])?;
    step("cargo", &["clippy", "--workspace", "--all-targets", "--", "--deny", "warnings"])?;
    deny()?;
    if full {
        fuzz()?;
    }
    step("cargo", &["test", "--workspace", "--doc"])?;
    // The suites start these; built here, they are the same as those that the tests are built with.
    step("cargo", &["build", "--workspace", "--bins"])?;
    tests(full)
}

/// Licences and sources of everything that is depended on.
fn deny() -> Outcome {
    if !is_there("cargo-deny") {
        println!("not run: cargo deny (install it with `cargo install --locked cargo-deny`)");
        return Ok(());
    }
    step("cargo", &["deny", "check", "licenses", "bans", "sources"])
}

/// Every test; by nextest where it is installed.
fn tests(full: bool) -> Outcome {
    let with_pages = std::env::var_os(PAGES).is_some();
    if !with_pages {
        println!("not run: tests on the reference pages (set {PAGES} to their folder)");
    }
    let nextest = is_there("cargo-nextest");
    let threads = (WAITING * available_parallelism().map_or(1, NonZero::get)).to_string();
    let mut arguments = if nextest {
        vec!["nextest", "run", "--workspace", "--no-fail-fast", "--test-threads", &threads]
    } else {
        vec!["test", "--workspace", "--all-targets", "--no-fail-fast"]
    };
    if with_pages {
        let ignored: &[&str] =
            if nextest { &["--run-ignored", "all"] } else { &["--", "--include-ignored"] };
        arguments.extend(ignored);
    }
    let list = clients::new_list()?.display().to_string();
    let mut environment = vec![(clients::SCENARIOS, list.as_str())];
    let python = clients::environment().map(|folder| folder.display().to_string());
    match &python {
        Ok(folder) => environment.push((clients::ENVIRONMENT, folder)),
        Err(reason) => println!("not there: the Python clients ({})", reason.trim_end()),
    }
    if full {
        environment.extend([("ROLECALL_FULL", "1"), ("PROPTEST_CASES", "4096")]);
    }
    let ran = runner::run(&arguments, &environment)?;
    println!("\n{}{}", clients::count(list.as_ref()), ran.summary);
    // The summary says what failed; it stays the last thing printed.
    if ran.passed { Ok(()) } else { Err(String::new()) }
}

fn fuzz() -> Outcome {
    if !is_there("cargo-fuzz") {
        return Err("`cargo fuzz` is not installed: run `cargo install cargo-fuzz`".to_owned());
    }
    // The fuzzer's instrumentation is a nightly option of the compiler.
    let environment = [("RUSTC_BOOTSTRAP", "1")];
    let targets = Command::new("cargo")
        .args(["fuzz", "list"])
        .envs(environment)
        .output()
        .map_err(|error| format!("cannot run `cargo fuzz list`: {error}"))?;
    let targets = String::from_utf8_lossy(&targets.stdout).into_owned();
    for target in targets.lines() {
        // What is found lands in the first folder; the second one is only read.
        let (corpus, seeds) = (format!("fuzz/corpus/{target}"), format!("fuzz/seeds/{target}"));
        std::fs::create_dir_all(&corpus).map_err(|error| format!("`{corpus}`: {error}"))?;
        let limit = format!("-max_total_time={FUZZ_SECONDS}");
        let run = ["fuzz", "run", "--sanitizer", "none", target, &corpus, &seeds];
        let options = ["--", &limit, "-dict=fuzz/tokens.dict"];
        step_with("cargo", &[run.as_slice(), &options].concat(), &environment)?;
    }
    Ok(())
}

fn step(program: &str, arguments: &[&str]) -> Outcome {
    step_with(program, arguments, &[])
}

fn step_with(program: &str, arguments: &[&str], environment: &[(&str, &str)]) -> Outcome {
    let line = format!("{program} {}", arguments.join(" "));
    println!("> {line}");
    let status = Command::new(program)
        .args(arguments)
        .envs(environment.iter().copied())
        .status()
        .map_err(|error| format!("cannot run `{line}`: {error}"))?;
    if status.success() { Ok(()) } else { Err(format!("failed: {line}")) }
}

fn is_there(program: &str) -> bool {
    Command::new(program).arg("--version").output().is_ok_and(|output| output.status.success())
}
