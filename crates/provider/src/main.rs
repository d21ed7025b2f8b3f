//! The plugin that Terraform starts.

use std::process::ExitCode;
use std::sync::Arc;

use provider::{plugin, provider::Provider};

#[tokio::main]
async fn main() -> ExitCode {
    match plugin::serve(Arc::new(Provider::default())).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::from(2)
        }
    }
}
