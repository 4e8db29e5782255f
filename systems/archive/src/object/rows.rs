//! Rows out of a file in a store, fetching no more of it than they need.

use std::sync::Arc;

use arrow::array::{Scalar, StringArray};
use arrow::compute::kernels::cmp::eq;
use arrow::record_batch::RecordBatch;
use object_store::path::Path as Location;
use object_store::{Error, ObjectStore};
use parquet::DecodeResult;
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::{ArrowPredicateFn, RowFilter};
use parquet::arrow::push_decoder::ParquetPushDecoderBuilder;
use parquet::errors::ParquetError;
use parquet::file::metadata::{PageIndexPolicy, ParquetMetaData, ParquetMetaDataPushDecoder};

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
    /// Those with this text in this column.
    pub(crate) rows: Option<(&'a str, &'a str)>,
    /// Only these columns of them; none named: all.
    pub(crate) columns: &'a [&'a str],
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

    /// The row groups whose statistics do not rule this text out.
    pub(crate) fn groups(&self, column: &str, text: &str) -> Vec<usize> {
        let groups = self.metadata.row_groups().iter().enumerate();
        let may = groups.filter(|(_, group)| {
            let columns = group.columns().iter();
            let statistics = columns.filter(|c| c.column_path().string() == column);
            statistics.filter_map(|c| c.statistics()).all(|statistics| {
                let below = statistics.min_bytes_opt().is_some_and(|min| text.as_bytes() < min);
                let above = statistics.max_bytes_opt().is_some_and(|max| text.as_bytes() > max);
                !below && !above
            })
        });
        may.map(|(index, _)| index).collect()
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
        if let Some((column, text)) = wanted.rows {
            let mask = ProjectionMask::columns(builder.parquet_schema(), [column]);
            let text = Scalar::new(StringArray::from(vec![text.to_owned()]));
            let same = ArrowPredicateFn::new(mask, move |batch| eq(batch.column(0), &text));
            builder = builder.with_row_filter(RowFilter::new(vec![Box::new(same)]));
        }
        if let Some((column, text)) = wanted.rows {
            builder = builder.with_row_groups(self.groups(column, text));
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

async fn fetch(
    store: &dyn ObjectStore,
    path: &str,
    ranges: &[std::ops::Range<u64>],
) -> Result<Vec<bytes::Bytes>, StoreError> {
    match store.get_ranges(&Location::from(path), ranges).await {
        Err(Error::NotFound { .. }) => Err(absent(path)),
        other => Ok(other?),
    }
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
