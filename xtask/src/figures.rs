//! `cargo xtask check-figures [--binary FILE]`: time and memory of `rolecall check` on 1, 100 and 5,000 resources,
//! beside `cfn-lint` and `checkov` on the same files where they are installed.

use std::fmt::Write;
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Instant;

use crate::Outcome;

/// How often a measurement is repeated; the quickest counts.
const ROUNDS: usize = 3;

/// Programs that are asked on the larger files only once: they take long.
const SLOW: usize = 1_000;

pub(crate) fn run(arguments: &[String]) -> Outcome {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let binary = match arguments {
        [] => root.join("target/release/rolecall"),
        [flag, file] if flag == "--binary" => file.into(),
        _ => return Err("usage: cargo xtask check-figures [--binary FILE]".to_owned()),
    };
    let work = root.join("target/figures");
    let mut table =
        String::from("| file | resources | program | time | memory |\n|---|---|---|---|---|\n");
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
                programs.push(("cfn-lint", vec!["cfn-lint".to_owned(), file.clone()]));
            }
            let checkov = ["checkov", "--quiet", "--compact", "-f"].map(str::to_owned);
            programs.push(("checkov", checkov.into_iter().chain([file.clone()]).collect()));
            for (program, command) in programs {
                let rounds =
                    if resources > SLOW && program != "rolecall check" { 1 } else { ROUNDS };
                let told = match measure(&command, rounds) {
                    Some((seconds, kilobytes)) => {
                        format!("{:.0} ms | {} MB", seconds * 1000.0, kilobytes / 1024)
                    }
                    None => "not installed | ".to_owned(),
                };
                let _ = writeln!(table, "| {language} | {resources} | {program} | {told} |");
            }
        }
    }
    println!("{table}");
    Ok(())
}

/// Seconds of the quickest round, and the most memory in kilobytes.
fn measure(command: &[String], rounds: usize) -> Option<(f64, u64)> {
    let (program, arguments) = command.split_first()?;
    let mut best: Option<(f64, u64)> = None;
    for _ in 0..rounds {
        let start = Instant::now();
        let child = Command::new("/usr/bin/env")
            .args(["python3", "-c", MEASURE, program])
            .args(arguments)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .output()
            .ok()?;
        let told = String::from_utf8_lossy(&child.stdout).into_owned();
        let (seconds, kilobytes) = told.trim().rsplit('\n').next()?.split_once(' ')?;
        let measured =
            (seconds.parse().unwrap_or(start.elapsed().as_secs_f64()), kilobytes.parse().ok()?);
        best = match best {
            Some(known) if known.0 <= measured.0 => Some(known),
            _ => Some(measured),
        };
    }
    best
}

/// Runs a program and says how long it took and how much memory it had at most.
const MEASURE: &str = "import resource,subprocess,sys,time
start=time.time()
try: subprocess.run(sys.argv[1:],stdout=subprocess.DEVNULL,stderr=subprocess.DEVNULL)
except FileNotFoundError: sys.exit(1)
print(time.time()-start, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)";

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
