//! `cargo xtask bench terraform`: how long the provider takes to start, and what of Terraform's time on the first
//! example is rolecall's own, as its metrics tell it.

use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use clients::signed::Connection;
use clients::{Server, Terraform};

const VERSIONS: &str = include_str!("../../../examples/terraform/cluster/versions.tf");
const MAIN: &str = include_str!("../../../examples/terraform/cluster/main.tf");
/// What Terraform sets when it starts a provider.
const COOKIE: (&str, &str) =
    ("TF_PLUGIN_MAGIC_COOKIE", "d602bf8f470bc67ca7faa0386276bbdd4330efaf76d1a219cb4d6991ca9872b2");
/// How often the provider is started; the median counts.
const STARTS: usize = 21;
/// What the AWS provider sleeps after it has made an instance profile (`resourceInstanceProfileCreate` of its
/// source), of which the example has one.
const AWS_PROVIDER_WAITS: Duration = Duration::from_secs(5);

/// Measures and prints.
pub(crate) fn run() {
    let server = Server::with_workspace(&["--ephemeral"]);
    let Some(terraform) = Terraform::with_databricks("bench", &server) else {
        println!("not run: Terraform or its AWS provider is not there");
        std::process::exit(2);
    };
    println!("{:22} {:>8}", "", "ms");
    println!("{:22} {:>8.1}\n", "start of the provider", milliseconds(provider_start()));
    terraform.write("versions.tf", VERSIONS);
    terraform.write("main.tf", MAIN);
    terraform.init(&server);
    println!("{:22} {:>8} {:>9} {:>12} {:>7}", "", "s", "requests", "rolecall, s", "share");
    step("plan", Duration::ZERO, &server, || terraform.plan_is_not_empty(&server));
    step("apply", AWS_PROVIDER_WAITS, &server, || terraform.apply(&server));
    step("plan, nothing to do", Duration::ZERO, &server, || terraform.plan_is_empty(&server));
    step("destroy", Duration::ZERO, &server, || terraform.destroy(&server));
    println!(
        "\nThe share is of the time without the {} s that the AWS provider sleeps per instance profile.",
        AWS_PROVIDER_WAITS.as_secs()
    );
}

/// From the provider's start until it told where it answers: the median.
fn provider_start() -> Duration {
    let mut times: Vec<Duration> = (0..STARTS)
        .map(|_| {
            let mut command = Command::new(clients::provider());
            command.env(COOKIE.0, COOKIE.1).stdout(Stdio::piped()).stdin(Stdio::null());
            let start = Instant::now();
            let mut child = command.spawn().expect("the provider starts");
            let mut line = String::new();
            let stdout = child.stdout.take().expect("its output");
            BufReader::new(stdout).read_line(&mut line).expect("its handshake");
            let time = start.elapsed();
            assert!(line.contains("|unix|"), "{line}");
            child.kill().expect("it runs");
            child.wait().expect("it ends");
            time
        })
        .collect();
    times.sort_unstable();
    times[STARTS / 2]
}

/// Runs a step of Terraform's and prints its figures; `slept` is the AWS provider's own.
fn step(name: &str, slept: Duration, server: &Server, run: impl FnOnce()) {
    let (requests, seconds) = answered(server);
    let start = Instant::now();
    run();
    let wall = start.elapsed();
    let (requests_after, seconds_after) = answered(server);
    let own = seconds_after - seconds;
    let share = 100.0 * own / wall.saturating_sub(slept).as_secs_f64();
    println!(
        "{name:22} {:>8.2} {:>9} {own:>12.3} {share:>6.1}%",
        wall.as_secs_f64(),
        requests_after - requests
    );
}

/// How many requests the server has answered, and in how many seconds.
fn answered(server: &Server) -> (u64, f64) {
    let host = server.aws().trim_start_matches("http://");
    let mut connection = Connection::open(host).expect("the server listens");
    let request =
        format!("GET /_rolecall/metrics HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\n\r\n");
    let answer = connection.send(request.as_bytes()).expect("its metrics");
    let value = |name: &str| -> f64 {
        let line = answer.body.lines().find_map(|line| line.strip_prefix(name));
        line.and_then(|value| value.trim().parse().ok()).unwrap_or_else(|| panic!("no {name}"))
    };
    (value("rolecall_request_seconds_count") as u64, value("rolecall_request_seconds_sum"))
}

fn milliseconds(time: Duration) -> f64 {
    time.as_secs_f64() * 1000.0
}
