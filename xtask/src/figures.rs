//! `cargo xtask check-figures [--binary FILE] [--without-others]`: time and memory of `rolecall check` on 1, 100 and 5,000
//! resources, beside `cfn-lint` and `checkov` on the same files, by GNU time. These two are installed from PyPI into an environment of
//! their own, `target/figures/python`; where that is not possible they are left out, and the table says so.

use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Instant;

use crate::Outcome;

/// How often a measurement is repeated; the quickest counts.
const ROUNDS: usize = 3;

/// Programs that are asked on the larger files only once: they take long.
const SLOW: usize = 1_000;

/// What is measured beside it.
const OTHERS: [&str; 2] = ["cfn-lint==1.58.0", "checkov==3.3.30"];

/// The longest that one of these is waited for on one file.
const PATIENCE_SECONDS: &str = "600";

const USAGE: &str = "usage: cargo xtask check-figures [--binary FILE] [--without-others]";

pub(crate) fn run(arguments: &[String]) -> Outcome {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let mut binary = root.join("target/release/rolecall");
    let mut with_others = true;
    let mut rest = arguments.iter();
    while let Some(argument) = rest.next() {
        match (argument.as_str(), rest.as_slice().first()) {
            ("--binary", Some(file)) => {
                binary = file.into();
                rest.next();
            }
            ("--without-others", _) => with_others = false,
            _ => return Err(USAGE.to_owned()),
        }
    }
    if !binary.is_file() {
        let hint = "build it with `cargo build --release -p rolecall`, or name one with --binary";
        return Err(format!("there is no `{}`: {hint}", binary.display()));
    }
    let work = root.join("target/figures");
    let others = if with_others { environment(&work.join("python")) } else { None };
    let program = |name: &str| match &others {
        Some(folder) => folder.join("bin").join(name).display().to_string(),
        None => String::new(),
    };
    let mut table = String::from(
        "| file | resources | program | time | memory | beside rolecall |\n|---|---|---|---|---|---|\n",
    );
    for resources in [1, 100, 5_000] {
        for (language, name, text) in [
            ("Terraform", "main.tf", terraform(resources)),
            ("CloudFormation", "template.yaml", cloudformation(resources)),
        ] {
            let folder = work.join(format!("{language}-{resources}"));
            fs::create_dir_all(&folder)
                .map_err(|error| format!("{}: {error}", folder.display()))?;
            let file = folder.join(name);
            fs::write(&file, text).map_err(|error| format!("{}: {error}", file.display()))?;
            let file = file.display().to_string();
            let own = binary.display().to_string();
            let mut programs =
                vec![("rolecall check", vec![own, "check".to_owned(), file.clone()])];
            if language == "CloudFormation" {
                programs.push(("cfn-lint", vec![program("cfn-lint"), file.clone()]));
            }
            let options = ["--quiet", "--compact", "--skip-download", "-f"].map(str::to_owned);
            let checkov = [program("checkov")].into_iter().chain(options).chain([file.clone()]);
            programs.push(("checkov", checkov.collect()));
            let mut own = None;
            for (program, command) in programs {
                let rounds =
                    if resources > SLOW && program != "rolecall check" { 1 } else { ROUNDS };
                let figures = measure(&work, &command, rounds);
                let told = tell(figures, *own.get_or_insert(figures));
                eprintln!("{language}, {resources} resources, {program}: {told}");
                let _ = writeln!(table, "| {language} | {resources} | {program} | {told} |");
            }
        }
    }
    println!("{table}");
    Ok(())
}

/// Time, memory, and how many times rolecall's time that is.
fn tell(figures: Option<Figures>, own: Option<Figures>) -> String {
    let Some(figures) = figures else { return "not measured | | ".to_owned() };
    let times = own.map_or(0.0, |own| figures.seconds / own.seconds);
    let (time, memory) = (figures.seconds * 1000.0, figures.kilobytes / 1024);
    format!("{time:.0} ms | {memory} MB | {times:.0}×")
}

/// The environment with the others, made if it is not there; `None` with a word why where it cannot be.
fn environment(folder: &Path) -> Option<PathBuf> {
    let marker = folder.join("installed");
    let wanted = OTHERS.join(" ");
    if fs::read_to_string(&marker).is_ok_and(|text| text == wanted) {
        return Some(folder.to_owned());
    }
    eprintln!("installing {wanted} into {}", folder.display());
    let run = |command: &mut Command| command.output().is_ok_and(|it| it.status.success());
    let made = run(Command::new("python3").args(["-m", "venv"]).arg(folder))
        && run(Command::new(folder.join("bin/pip")).args(["install", "--quiet"]).args(OTHERS))
        && fs::write(&marker, &wanted).is_ok();
    if !made {
        eprintln!(
            "not measured: {wanted} cannot be installed (Python 3 with `venv` and PyPI are needed)"
        );
    }
    made.then(|| folder.to_owned())
}

/// How long a program took, and how much memory it had at most.
#[derive(Debug, Clone, Copy)]
struct Figures {
    seconds: f64,
    kilobytes: u64,
}

/// The quickest round; `None` if the program is not there or takes too long.
fn measure(work: &Path, command: &[String], rounds: usize) -> Option<Figures> {
    let (program, arguments) = command.split_first().filter(|(program, _)| !program.is_empty())?;
    let report = work.join("memory");
    let mut best: Option<Figures> = None;
    for _ in 0..rounds {
        let start = Instant::now();
        // GNU time, as a process of its own: what a program's parent had in memory counts as the program's.
        let mut child = Command::new("/usr/bin/time");
        child.args(["--quiet", "--format", "%M", "--output"]).arg(&report);
        child.args(["timeout", PATIENCE_SECONDS, program]).args(arguments);
        let ended = child.stdout(Stdio::null()).stderr(Stdio::null()).status().ok()?;
        let seconds = start.elapsed().as_secs_f64();
        // 124: `timeout` has ended it; from 126 on there was nothing to run.
        if ended.code().is_none_or(|code| code >= 124) {
            return None;
        }
        let kilobytes = fs::read_to_string(&report).ok()?.trim().parse().ok()?;
        if best.is_none_or(|best| seconds < best.seconds) {
            best = Some(Figures { seconds, kilobytes });
        }
    }
    best
}

/// Roles, policies and profiles, four resources a round.
fn terraform(resources: usize) -> String {
    let mut out = String::new();
    for at in 0..resources.div_ceil(4).max(1) {
        let _ = write!(
            out,
            r#"
resource "aws_iam_role" "r{at}" {{
  name = "role-{at}"
  assume_role_policy = jsonencode({{
    Version   = "2012-10-17"
    Statement = [{{ Effect = "Allow", Action = "sts:AssumeRole", Principal = {{ Service = "ec2.amazonaws.com" }} }}]
  }})
}}
"#
        );
        if resources == 1 {
            break;
        }
        let _ = write!(
            out,
            r#"
resource "aws_s3_bucket" "b{at}" {{
  bucket = "bucket-{at}"
}}
resource "aws_iam_role_policy" "p{at}" {{
  role = aws_iam_role.r{at}.id
  policy = jsonencode({{
    Version = "2012-10-17"
    Statement = [
      {{ Effect = "Allow", Action = ["s3:GetObject", "s3:PutObject"], Resource = "${{aws_s3_bucket.b{at}.arn}}/*" }},
      {{ Effect = "Allow", Action = "s3:ListBucket", Resource = aws_s3_bucket.b{at}.arn }},
    ]
  }})
}}
resource "aws_iam_instance_profile" "i{at}" {{
  name = "profile-{at}"
  role = aws_iam_role.r{at}.name
}}
"#
        );
    }
    out
}

fn cloudformation(resources: usize) -> String {
    let mut out = String::from("AWSTemplateFormatVersion: \"2010-09-09\"\nResources:\n");
    for at in 0..resources.div_ceil(2).max(1) {
        let _ = write!(
            out,
            r#"  Role{at}:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument:
        Version: "2012-10-17"
        Statement:
          - Effect: Allow
            Principal: {{Service: ec2.amazonaws.com}}
            Action: sts:AssumeRole
"#
        );
        if resources == 1 {
            break;
        }
        let _ = write!(
            out,
            "  Profile{at}:\n    Type: AWS::IAM::InstanceProfile\n    Properties:\n      Roles: [!Ref Role{at}]\n"
        );
    }
    out
}
