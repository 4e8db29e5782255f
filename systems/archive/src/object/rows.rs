//! Rows out of a file in a store, fetching no more of it than they need.

use std::collections::HashSet;
use std::sync::Arc;

use arrow_array::RecordBatch;
use arrow_array::cast::AsArray;
use arrow_array::{Array, BooleanArray};
use arrow_schema::ArrowError;
use object_store::path::Path as Location;
use object_store::{Error, ObjectStore};
use parquet::DecodeResult;
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::{ArrowPredicateFn, RowFilter};
use parquet::arrow::push_decoder::ParquetPushDecoderBuilder;
use parquet::errors::ParquetError;
use parquet::file::metadata::{
    PageIndexPolicy, ParquetMetaData, ParquetMetaDataPushDecoder, RowGroupMetaData,
};

use super::StoreError;
use crate::FileEntry;

/// What is read of a file's end at once: its footer fits in nearly always.
const TAIL_BYTES: u64 = 64 << 10;

/// A file whose footer was read.
pub(crate) struct Footer {
    path: String,
    metadata: Arc<ParquetMetaData>,
}

/// Which rows are wanted.
pub(crate) struct Wanted<'a> {
    /// Those with one of these texts in this column.
    pub(crate) rows: Option<(&'a str, &'a [&'a str])>,
    /// Only these columns of them; none named: all.
    pub(crate) columns: &'a [&'a str],
}

/// The least and the greatest text of a column; none, where the file does not say.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(crate) struct Span {
    least: Option<Vec<u8>>,
    greatest: Option<Vec<u8>>,
}

impl Span {
    /// Whether this text is not ruled out.
    pub(crate) fn may_have(&self, text: &str) -> bool {
        let below = self.least.as_ref().is_some_and(|least| text.as_bytes() < &least[..]);
        let above = self.greatest.as_ref().is_some_and(|most| text.as_bytes() > &most[..]);
        !below && !above
    }

    /// What is in this or in the other.
    fn and(self, other: Self) -> Self {
        Self {
            least: self.least.zip(other.least).map(|(a, b)| a.min(b)),
            greatest: self.greatest.zip(other.greatest).map(|(a, b)| a.max(b)),
        }
    }
}

impl Footer {
    /// Reads the footer of a file.
    pub(crate) async fn read(
        store: &dyn ObjectStore,
        file: &FileEntry,
    ) -> Result<Self, StoreError> {
        let broken = |error| damaged(&file.path, &error);
        let mut decoder = ParquetMetaDataPushDecoder::try_new(file.bytes)
            .map_err(broken)?
            .with_page_index_policy(PageIndexPolicy::Optional);
        let tail = file.bytes.saturating_sub(TAIL_BYTES)..file.bytes;
        let mut ranges = vec![tail];
        loop {
            let bytes = fetch(store, &file.path, &ranges).await?;
            decoder.push_ranges(ranges, bytes).map_err(broken)?;
            match decoder.try_decode().map_err(broken)? {
                DecodeResult::NeedsData(more) => ranges = more,
                DecodeResult::Data(metadata) => {
                    return Ok(Self { path: file.path.clone(), metadata: Arc::new(metadata) });
                }
                DecodeResult::Finished => return Err(unreadable(&file.path, "no footer")),
            }
        }
    }

    /// The row groups whose statistics do not rule all of these texts out.
    pub(crate) fn groups(&self, column: &str, texts: &[&str]) -> Vec<usize> {
        let spans = self.spans(column).into_iter().enumerate();
        let may = spans.filter(|(_, span)| texts.iter().any(|text| span.may_have(text)));
        may.map(|(index, _)| index).collect()
    }

    /// Between which texts this column is in the whole file.
    pub(crate) fn span(&self, column: &str) -> Span {
        self.spans(column).into_iter().reduce(Span::and).unwrap_or_default()
    }

    fn spans(&self, column: &str) -> Vec<Span> {
        let of = |group: &RowGroupMetaData| {
            let statistics = group.columns().iter().find(|c| c.column_path().string() == column);
            let statistics = statistics.and_then(|column| column.statistics());
            Span {
                least: statistics.and_then(|of| of.min_bytes_opt()).map(<[u8]>::to_vec),
                greatest: statistics.and_then(|of| of.max_bytes_opt()).map(<[u8]>::to_vec),
            }
        };
        self.metadata.row_groups().iter().map(of).collect()
    }

    /// Reads rows.
    pub(crate) async fn rows(
        &self,
        store: &dyn ObjectStore,
        wanted: Wanted<'_>,
    ) -> Result<Vec<RecordBatch>, StoreError> {
        let broken = |error| damaged(&self.path, &error);
        let mut builder = ParquetPushDecoderBuilder::try_new_decoder(Arc::clone(&self.metadata))
            .map_err(broken)?;
        if let Some((column, texts)) = wanted.rows {
            let mask = ProjectionMask::columns(builder.parquet_schema(), [column]);
            let wanted: HashSet<String> = texts.iter().map(|text| (*text).to_owned()).collect();
            let same = ArrowPredicateFn::new(mask, move |batch| one_of(&wanted, batch.column(0)));
            builder = builder.with_row_filter(RowFilter::new(vec![Box::new(same)]));
            builder = builder.with_row_groups(self.groups(column, texts));
        }
        if !wanted.columns.is_empty() {
            let columns = wanted.columns.iter().copied();
            let mask = ProjectionMask::columns(builder.parquet_schema(), columns);
            builder = builder.with_projection(mask);
        }
        let mut decoder = builder.build().map_err(broken)?;
        let mut batches = Vec::new();
        loop {
            match decoder.try_decode().map_err(broken)? {
                DecodeResult::NeedsData(ranges) => {
                    let bytes = fetch(store, &self.path, &ranges).await?;
                    decoder.push_ranges(ranges, bytes).map_err(broken)?;
                }
                DecodeResult::Data(batch) => batches.push(batch),
                DecodeResult::Finished => return Ok(batches),
            }
        }
    }
}

/// Which rows have one of these texts.
fn one_of(wanted: &HashSet<String>, column: &dyn Array) -> Result<BooleanArray, ArrowError> {
    let Some(texts) = column.as_string_opt::<i32>() else {
        return Err(ArrowError::SchemaError("a column that is looked into is no text".to_owned()));
    };
    Ok(texts.iter().map(|text| Some(text.is_some_and(|text| wanted.contains(text)))).collect())
}

async fn fetch(
    store: &dyn ObjectStore,
    path: &str,
    ranges: &[std::ops::Range<u64>],
) -> Result<Vec<bytes::Bytes>, StoreError> {
    let bytes = match store.get_ranges(&Location::from(path), ranges).await {
        Err(Error::NotFound { .. }) => return Err(absent(path)),
        other => other?,
    };
    // The decoder panics over less than it asked for.
    let mut both = bytes.iter().zip(ranges);
    if bytes.len() == ranges.len()
        && both.all(|(got, range)| got.len() as u64 == range.end - range.start)
    {
        return Ok(bytes);
    }
    Err(unreadable(path, "it is shorter than its manifest says"))
}

/// A file that a manifest lists and that is not there: what is known of the manifests may be old.
pub(crate) fn absent(path: &str) -> StoreError {
    unreadable(path, "it is not there")
}

fn damaged(path: &str, error: &ParquetError) -> StoreError {
    unreadable(path, &error.to_string())
}

pub(crate) fn unreadable(path: &str, why: &str) -> StoreError {
    StoreError::Damaged(format!("{path}: {why}"))
}
