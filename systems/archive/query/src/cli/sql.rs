//! `liap-query sql`.

use clap::Args;
use datafusion::arrow::error::ArrowError;

use super::{Common, Failed, LimitArgs};
use crate::ask::ask;
use crate::render::{Format, render};

#[derive(Debug, Args)]
pub(super) struct SqlArgs {
    /// The question, such as "select count(*) from matches".
    #[arg(allow_hyphen_values = true)]
    sql: String,
    /// How the answer is written.
    #[arg(long, value_enum, default_value_t = Format::Table)]
    format: Format,
    #[command(flatten)]
    limits: LimitArgs,
}

pub(super) async fn run(common: &Common, args: SqlArgs) -> Result<(), Failed> {
    let (engine, snapshot) = common.snapshot().await?;
    let answer = ask(&engine, &snapshot, args.sql, args.limits.limits(), ()).await;
    let answer = answer.map_err(Failed::asked)?;
    match render(&answer, args.format, std::io::stdout().lock()) {
        Ok(()) => Ok(()),
        Err(ArrowError::IoError(_, error)) => Failed::written(error),
        Err(ArrowError::CsvError(what)) if what.contains("Broken pipe") => Ok(()),
        Err(error) => Err(Failed::system(format!("cannot write: {error}"))),
    }
}
