//! What the tables cost, in bytes and in time: `cargo bench -p archive`.

#![expect(clippy::print_stdout, reason = "figures are what it is for")]

use std::io::Write as _;
use std::slice::from_ref;
use std::time::Instant;

use archive::{
    Aliases, Builder, Change, Compression, Part, Table, WriterOptions, encode, read_part,
};
use arrow_array::Array;
use arrow_array::RecordBatch;
use arrow_array::cast::AsArray;
use arrow_schema::DataType;
use components::Pace;
use flate2::write::GzEncoder;
use journal::Chain;
use parquet::file::reader::{FileReader, SerializedFileReader};

use rows::{ID, number_in};
use table::Play;

#[path = "../tests/it/rows.rs"]
#[expect(dead_code, reason = "the tests use more of it")]
mod rows;
#[path = "../tests/it/table.rs"]
#[expect(dead_code, reason = "the tests use more of it")]
mod table;

const MATCHES: u64 = 1_000;
/// The beginning of an hour, in which all of them end.
const HOUR_MS: u64 = 1_794_999_600_000;

fn main() {
    for pace in [Pace::Standard, Pace::Instant] {
        let play = |seed| Play { wall_ms: HOUR_MS + seed * 500, ..Play::bots(seed, pace) };
        let chains: Vec<Chain> = (0..MATCHES).map(|seed| play(seed).chain()).collect();
        let commits: usize = chains.iter().map(|chain| chain.steps.len()).sum();
        println!("\npace {pace:?}, {MATCHES} matches, {commits} commits");
        for compression in [Compression::Zstd, Compression::Gzip] {
            let change = convert(&chains, WriterOptions { compression });
            sizes(&change, commits, compression);
        }
    }
}

fn convert(chains: &[Chain], options: WriterOptions) -> Change {
    let began = Instant::now();
    let mut builder = Builder::new(options);
    for chain in chains {
        builder.add(chain, &Aliases::default()).unwrap();
    }
    let added = began.elapsed().as_secs_f64() / chains.len() as f64;
    let memory = builder.bytes_estimate() / chains.len();
    let change = builder.finish(ID, 0).unwrap();
    let whole = began.elapsed().as_secs_f64() / chains.len() as f64;
    println!(
        "{options:?}: {:.0} us a match, of which {:.0} us to make rows; {memory} bytes of memory",
        whole * 1e6,
        added * 1e6
    );
    change
}

fn sizes(change: &Change, commits: usize, compression: Compression) {
    let (mut ours, mut theirs) = (0, 0);
    for part in &change.parts {
        let (table, batch) = read_part(part.bytes.clone()).unwrap();
        let json = gzipped_json(&batch);
        println!(
            "{:8} {:5.1} rows {:6.0} bytes a match; JSON lines + gzip {:6.0}",
            table.name(),
            part.rows as f64 / MATCHES as f64,
            part.bytes.len() as f64 / MATCHES as f64,
            json as f64 / MATCHES as f64,
        );
        if compression == Compression::Zstd {
            columns(part);
            speed(table, &batch);
        }
        ours += part.bytes.len();
        theirs += json;
    }
    println!(
        "together {} bytes a match, {:.1} a commit; JSON lines + gzip {}: {:.0} % smaller",
        ours / MATCHES as usize,
        ours as f64 / commits as f64,
        theirs / MATCHES as usize,
        100.0 * (1.0 - ours as f64 / theirs as f64),
    );
}

fn columns(part: &Part) {
    let reader = SerializedFileReader::new(part.bytes.clone()).unwrap();
    let groups = reader.metadata().row_groups();
    for column in groups.iter().flat_map(|group| group.columns()) {
        let bytes = column.compressed_size() as f64 / MATCHES as f64;
        let bloom = column.bloom_filter_length().unwrap_or(0) as f64 / MATCHES as f64;
        if bytes >= 10.0 || bloom > 0.0 {
            println!(
                "    {:14} {bytes:6.1} (bloom filter {bloom:.1})",
                column.column_path().string()
            );
        }
    }
}

fn speed(table: Table, batch: &RecordBatch) {
    let mut seconds: Vec<f64> = (0..5)
        .map(|_| {
            let began = Instant::now();
            encode(table, ID, from_ref(batch), WriterOptions::default()).unwrap();
            began.elapsed().as_secs_f64()
        })
        .collect();
    seconds.sort_by(f64::total_cmp);
    println!("    encoded at {:.2} M rows/s", batch.num_rows() as f64 / seconds[2] / 1e6);
}

/// The same rows as a line of JSON each, compressed as log files are.
fn gzipped_json(batch: &RecordBatch) -> usize {
    let mut gzip = GzEncoder::new(Vec::new(), flate2::Compression::new(6));
    for row in 0..batch.num_rows() {
        let columns = batch.schema_ref().fields().iter().zip(batch.columns());
        let values = columns.map(|(field, column)| {
            let value = match column.data_type() {
                _ if column.is_null(row) => "null".to_owned(),
                DataType::Utf8 => format!("\"{}\"", column.as_string::<i32>().value(row)),
                DataType::Binary => hex(column.as_binary::<i32>().value(row)),
                DataType::Boolean => column.as_boolean().value(row).to_string(),
                _ => number_in(column, row).unwrap().to_string(),
            };
            format!("\"{}\":{value}", field.name())
        });
        let line = format!("{{{}}}\n", values.collect::<Vec<_>>().join(","));
        gzip.write_all(line.as_bytes()).unwrap();
    }
    gzip.finish().unwrap().len()
}

fn hex(bytes: &[u8]) -> String {
    let digits: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    format!("\"{digits}\"")
}
