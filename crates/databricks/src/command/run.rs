//! Carrying out a script on a cluster.

use crate::cluster::ClusterRow;
use crate::command::python::repr;
use crate::command::result::{Exception, Results};
use crate::command::script::Script;
use crate::fault::Fault;
use crate::mount::{self, Wanted, file};
use crate::operation::Act;

/// Carries out a script; `number` is that of the command in its context.
///
/// # Errors
/// A limit of the store. An exception is an answer.
pub fn run(
    act: &mut Act<'_, '_>,
    cluster: &ClusterRow,
    script: &Script,
    number: u32,
) -> Result<Results, Fault> {
    let answered = |shown: String| format!("Out[{number}]: {shown}");
    Ok(match script {
        Script::Mount { point, source, configs, encryption, unmounts } => {
            let wanted = Wanted { point, source, configs, encryption };
            match mount::mount(act, cluster, &wanted)? {
                Ok(source) => Results::text(source),
                Err(exception) => {
                    if *unmounts {
                        mount::unmount(act, point)?;
                    }
                    Results::of(exception, "mount")
                }
            }
        }
        Script::Source { point } => match mount::find(act.aws.tx, &cluster.workspace, point) {
            Some(row) => Results::text(row.source.clone()),
            // The provider takes a mount out of its state by this text.
            None => Results::of(Exception::Raised("Mount not found".to_owned()), ""),
        },
        Script::Unmount { point } => {
            mount::unmount(act, point)?;
            Results::text("success")
        }
        Script::List { path } => match file::list(act, cluster, path) {
            Ok(listed) => {
                let (shown, truncated) = listed.repr();
                Results::Text { data: answered(shown), truncated }
            }
            Err(exception) => Results::of(exception, "ls"),
        },
        Script::Head { path } => match file::head(act, cluster, path) {
            Ok(text) => Results::text(answered(repr(&text))),
            Err(exception) => Results::of(exception, "head"),
        },
        Script::Put { path, contents } => match file::put(act, cluster, path, contents) {
            Ok(()) => {
                let wrote = format!("Wrote {} bytes.\n", contents.len());
                Results::text(wrote + &answered("True".to_owned()))
            }
            Err(exception) => Results::of(exception, "put"),
        },
    })
}
