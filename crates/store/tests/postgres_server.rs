//! A PostgreSQL server of one's own: found on this machine, started in a temporary folder, ended with the test.

use std::env;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

/// Set to 1, tests that need PostgreSQL say so and pass.
const OPT_OUT: &str = "ROLECALL_NO_POSTGRES";
const START_TIMEOUT: Duration = Duration::from_secs(60);
/// Who runs the server when the tests run as root, which PostgreSQL refuses to.
const UNPRIVILEGED: [&str; 2] = ["postgres", "nobody"];

/// Runs the server until standard input ends, which it does however this process ends; then cleans up.
const SERVE: &str = r#"
    "$1" -D "$2/data" -k "$2" -c listen_addresses= -c fsync="$3" -c max_connections=200 \
        >>"$2/log" 2>&1 </dev/null &
    server=$!
    cat >/dev/null
    kill -INT $server 2>/dev/null
    wait $server
    rm -rf "$2"
"#;

/// A running server.
pub(crate) struct Server {
    folder: PathBuf,
    binaries: PathBuf,
    flushes: bool,
    /// Their standard inputs keep the server alive.
    _guards: Vec<Child>,
}

/// The server that all tests of this process share, or `None` if there shall be none.
///
/// Panics with what to install if PostgreSQL is not there.
pub(crate) fn shared() -> Option<&'static Server> {
    static SHARED: OnceLock<Option<Server>> = OnceLock::new();
    // Its data is thrown away, so it need not reach the disk.
    SHARED.get_or_init(|| Server::start(false)).as_ref()
}

impl Server {
    /// Starts a server, or says that tests with PostgreSQL were not run because they shall not be.
    pub(crate) fn start(flushes: bool) -> Option<Self> {
        if env::var(OPT_OUT).is_ok_and(|value| value == "1") {
            eprintln!("NOT RUN: tests with PostgreSQL, because {OPT_OUT}=1");
            return None;
        }
        let binaries = find_binaries().unwrap_or_else(|| {
            panic!(
                "no PostgreSQL server found with pg_config, in /usr/lib/postgresql or on the PATH: \
                 install one (Debian: `apt-get install postgresql`), or set {OPT_OUT}=1"
            )
        });
        let folder = new_folder();
        let mut server = Self { folder, binaries, flushes, _guards: Vec::new() };
        server.make_cluster();
        server.serve();
        Some(server)
    }

    /// The URL of a schema of its own, new and empty.
    pub(crate) fn new_schema(&self) -> String {
        static NEXT: AtomicUsize = AtomicUsize::new(0);
        let name = format!("schema_{}", NEXT.fetch_add(1, Ordering::Relaxed));
        self.sql(&format!("CREATE SCHEMA {name}")).expect("a new schema");
        format!("{}?options=-c%20search_path%3D{name}", self.url())
    }

    /// The URL of the database.
    pub(crate) fn url(&self) -> String {
        let folder = self.folder.display().to_string().replace('/', "%2F");
        format!("postgres://postgres@{folder}/postgres")
    }

    /// Ends the server as a power cut would, and starts it again.
    pub(crate) fn crash_and_restart(&mut self) {
        let pid_file = self.folder.join("data/postmaster.pid");
        let pid = fs::read_to_string(&pid_file).expect("a server that runs");
        let pid = pid.lines().next().expect("its process id");
        check("kill", Command::new("kill").args(["-QUIT", pid]));
        wait_until("the server's end", || !pid_file.exists());
        self.serve();
    }

    /// Runs SQL; the text of its error if it has one.
    pub(crate) fn sql(&self, sql: &str) -> Result<(), String> {
        self.sql_at(&self.url(), sql)
    }

    /// Runs SQL in the schema of a URL of this server.
    pub(crate) fn sql_at(&self, url: &str, sql: &str) -> Result<(), String> {
        let (url, sql) = (url.to_owned(), sql.to_owned());
        // On a thread of its own, because the caller may be inside of a runtime.
        let run = move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
            runtime.block_on(async {
                let connected = tokio_postgres::connect(&url, tokio_postgres::NoTls).await;
                let (client, connection) = connected.map_err(io::Error::other)?;
                tokio::spawn(connection);
                client.batch_execute(&sql).await.map_err(io::Error::other)
            })
        };
        let result = thread::spawn(run).join().expect("no panic");
        result.map_err(|error: io::Error| format!("{error:?}"))
    }

    fn make_cluster(&self) {
        if let Some(user) = unprivileged_user() {
            check("chown", Command::new("chown").arg(user).arg(&self.folder));
        }
        let data = self.folder.join("data");
        let mut initdb = self.command(&self.binaries.join("initdb"));
        initdb.args(["--username=postgres", "--auth=trust", "--encoding=UTF8", "--locale=C"]);
        check("initdb", initdb.args(["--no-sync", "-D"]).arg(data));
    }

    fn serve(&mut self) {
        let mut command = self.command(Path::new("sh"));
        command.args(["-c", SERVE, "sh"]);
        command.arg(self.binaries.join("postgres")).arg(&self.folder);
        command.arg(if self.flushes { "on" } else { "off" });
        command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null());
        self._guards.push(command.spawn().expect("the server starts"));
        wait_until("the server's first answer", || self.sql("SELECT 1").is_ok());
    }

    /// A command, run by somebody whom PostgreSQL lets.
    fn command(&self, program: &Path) -> Command {
        let mut command = match unprivileged_user() {
            None => Command::new(program),
            Some(user) => {
                let mut command = Command::new("runuser");
                command.args(["-u", user, "--"]).arg(program);
                command
            }
        };
        command.current_dir(&self.folder);
        command
    }
}

fn find_binaries() -> Option<PathBuf> {
    let asked = Command::new("pg_config").arg("--bindir").output().ok();
    let asked = asked.map(|output| String::from_utf8_lossy(&output.stdout).trim().into());
    let mut debian: Vec<PathBuf> = fs::read_dir("/usr/lib/postgresql")
        .map(|versions| versions.flatten().map(|version| version.path().join("bin")).collect())
        .unwrap_or_default();
    debian.sort();
    let path = env::var_os("PATH").unwrap_or_default();
    let mut places =
        asked.into_iter().chain(debian.into_iter().rev()).chain(env::split_paths(&path));
    places.find(|place| place.join("initdb").exists() && place.join("postgres").exists())
}

/// The user to become, if this process is root's.
fn unprivileged_user() -> Option<&'static str> {
    let id_of = |arguments: &[&str]| {
        let output = Command::new("id").args(arguments).output().ok()?;
        output.status.success().then(|| String::from_utf8_lossy(&output.stdout).trim().to_owned())
    };
    if id_of(&["-u"]).as_deref() != Some("0") {
        return None;
    }
    let user = UNPRIVILEGED.into_iter().find(|user| id_of(&["-u", user]).is_some());
    Some(user.expect("a user `postgres` or `nobody` to run PostgreSQL, which does not run as root"))
}

/// A short path: that of a socket may have 107 bytes.
fn new_folder() -> PathBuf {
    static NEXT: AtomicUsize = AtomicUsize::new(0);
    let number = NEXT.fetch_add(1, Ordering::Relaxed);
    let folder = env::temp_dir().join(format!("rolecall-pg-{}-{number}", std::process::id()));
    fs::create_dir(&folder).expect("a new temporary folder");
    folder
}

fn check(what: &str, command: &mut Command) {
    let output = command.output().unwrap_or_else(|error| panic!("{what}: {error}"));
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{what} failed: {errors}");
}

fn wait_until(what: &str, is_so: impl Fn() -> bool) {
    let started = Instant::now();
    while !is_so() {
        assert!(started.elapsed() < START_TIMEOUT, "{what} did not come");
        thread::sleep(Duration::from_millis(20));
    }
}
