//! `liap-query tables`.

use std::io::Write;

use archive::Table;

use super::{Common, Failed};
use crate::schema;

pub(super) async fn run(common: &Common) -> Result<(), Failed> {
    let (_, snapshot) = common.snapshot().await?;
    let mut out = String::new();
    for table in Table::ALL {
        let files = snapshot.files(table);
        let rows: u64 = files.iter().map(|file| file.rows).sum();
        let bytes: u64 = files.iter().map(|file| file.bytes).sum();
        out += &format!("{}: {rows} rows, {} files, {bytes} bytes\n", table.name(), files.len());
        for field in schema::whole(table).table_schema().fields() {
            let null = if field.is_nullable() { ", or null" } else { "" };
            out += &format!("    {} {}{null}\n", field.name(), field.data_type());
        }
    }
    std::io::stdout().write_all(out.as_bytes()).or_else(Failed::written)
}
