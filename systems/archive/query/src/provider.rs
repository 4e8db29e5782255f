//! A table of the archive for DataFusion: exactly the files that it was given.

use std::sync::Arc;

use archive::{FileEntry, Hour, Table};
use datafusion::arrow::array::{AsArray, Date32Array, Int32Array, RecordBatch, UInt32Array};
use datafusion::arrow::compute::filter_record_batch;
use datafusion::arrow::datatypes::{DataType, Field, Schema, SchemaRef, UInt32Type};
use datafusion::catalog::{Session, TableProvider};
use datafusion::common::stats::Precision;
use datafusion::common::{DFSchema, Result, ScalarValue, Statistics};
use datafusion::datasource::listing::PartitionedFile;
use datafusion::datasource::object_store::ObjectStoreUrl;
use datafusion::datasource::physical_plan::parquet::CachedParquetFileReaderFactory;
use datafusion::datasource::physical_plan::{FileGroup, FileScanConfigBuilder, ParquetSource};
use datafusion::datasource::source::DataSourceExec;
use datafusion::datasource::table_schema::TableSchema;
use datafusion::logical_expr::utils::conjunction;
use datafusion::logical_expr::{Expr, TableProviderFilterPushDown, TableType};
use datafusion::physical_plan::ExecutionPlan;
use datafusion::physical_plan::empty::EmptyExec;

use crate::schema;

/// What the archive's store is registered as.
pub const STORE: &str = "liap://archive";

/// Files of one table.
#[derive(Debug, Clone)]
pub struct ArchiveTable {
    schema: TableSchema,
    files: Arc<[PartitionedFile]>,
    hours: Arc<[Hour]>,
}

impl ArchiveTable {
    /// The table with these files and no others.
    #[must_use]
    pub fn new<'a>(table: Table, files: impl IntoIterator<Item = &'a FileEntry>) -> Self {
        let schema = schema::whole(table);
        let (files, hours): (Vec<_>, Vec<_>) = files
            .into_iter()
            .map(|file| (partitioned(file, schema.file_schema()), file.hour))
            .unzip();
        Self { schema, files: files.into(), hours: hours.into() }
    }

    /// The files whose partition passes these filters, which name partition columns only.
    fn chosen(&self, state: &dyn Session, filters: Vec<Expr>) -> Result<Vec<PartitionedFile>> {
        let Some(filter) = conjunction(filters) else { return Ok(self.files.to_vec()) };
        let mut fields = schema::partition_columns();
        fields.push(Arc::new(Field::new("file", DataType::UInt32, false)));
        let fields = Arc::new(Schema::new(fields));
        let batch = RecordBatch::try_new(
            Arc::clone(&fields),
            vec![
                Arc::new(Date32Array::from_iter_values(self.hours.iter().map(|hour| day(*hour)))),
                Arc::new(Int32Array::from_iter_values(self.hours.iter().map(|hour| of_day(*hour)))),
                Arc::new(UInt32Array::from_iter_values(0..self.files.len() as u32)),
            ],
        )?;
        let expression = state.create_physical_expr(filter, &DFSchema::try_from(fields)?)?;
        let mask = expression.evaluate(&batch)?.into_array(batch.num_rows())?;
        let kept = filter_record_batch(&batch, mask.as_boolean())?;
        let kept = kept.column(2).as_primitive::<UInt32Type>();
        Ok(kept.values().iter().filter_map(|at| self.files.get(*at as usize).cloned()).collect())
    }

    fn statistics(&self, files: &[PartitionedFile]) -> Statistics {
        let rows = |file: &PartitionedFile| Some(*file.statistics.as_ref()?.num_rows.get_value()?);
        let mut all = Statistics::new_unknown(self.schema.table_schema());
        all.num_rows = Precision::Exact(files.iter().filter_map(rows).sum());
        all.total_byte_size =
            Precision::Inexact(files.iter().map(|file| file.object_meta.size as usize).sum());
        all
    }
}

const fn day(hour: Hour) -> i32 {
    (hour.0 / 24) as i32
}

const fn of_day(hour: Hour) -> i32 {
    (hour.0 % 24) as i32
}

fn partitioned(file: &FileEntry, columns: &SchemaRef) -> PartitionedFile {
    let mut statistics = Statistics::new_unknown(columns);
    statistics.num_rows = Precision::Exact(file.rows as usize);
    statistics.total_byte_size = Precision::Inexact(file.bytes as usize);
    PartitionedFile::new(file.path.clone(), file.bytes)
        .with_partition_values(vec![
            ScalarValue::Date32(Some(day(file.hour))),
            ScalarValue::Int32(Some(of_day(file.hour))),
        ])
        .with_statistics(Arc::new(statistics))
}

/// Whether a filter says something of partitions only.
fn of_partitions(filter: &Expr) -> bool {
    let columns = filter.column_refs();
    !columns.is_empty()
        && columns.iter().all(|column| matches!(column.name.as_str(), "date" | "hour"))
        && !filter.is_volatile()
}

#[async_trait::async_trait]
impl TableProvider for ArchiveTable {
    fn schema(&self) -> SchemaRef {
        Arc::clone(self.schema.table_schema())
    }

    fn table_type(&self) -> TableType {
        TableType::Base
    }

    fn supports_filters_pushdown(
        &self,
        filters: &[&Expr],
    ) -> Result<Vec<TableProviderFilterPushDown>> {
        let how = |filter: &&Expr| match of_partitions(filter) {
            true => TableProviderFilterPushDown::Exact,
            false => TableProviderFilterPushDown::Inexact,
        };
        Ok(filters.iter().map(how).collect())
    }

    async fn scan(
        &self,
        state: &dyn Session,
        projection: Option<&Vec<usize>>,
        filters: &[Expr],
        limit: Option<usize>,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        let (of_partitions, rest): (Vec<_>, Vec<_>) =
            filters.iter().cloned().partition(of_partitions);
        let files = self.chosen(state, of_partitions)?;
        if files.is_empty() {
            let schema = datafusion::common::project_schema(&self.schema(), projection)?;
            return Ok(Arc::new(EmptyExec::new(schema)));
        }
        let url = ObjectStoreUrl::parse(STORE)?;
        let runtime = state.runtime_env();
        let readers = CachedParquetFileReaderFactory::new(
            runtime.object_store(&url)?,
            runtime.cache_manager.get_file_metadata_cache(),
        );
        let source = ParquetSource::new(self.schema.clone())
            .with_table_parquet_options(state.table_options().parquet.clone())
            .with_parquet_file_reader_factory(Arc::new(readers));
        let statistics = self.statistics(&files);
        let groups = FileGroup::new(files).split_files(state.config().target_partitions());
        let config = FileScanConfigBuilder::new(url, Arc::new(source))
            .with_file_groups(groups)
            .with_statistics(statistics)
            .with_projection_indices(projection.cloned())?
            .with_limit(limit.filter(|_| rest.is_empty()))
            .build();
        Ok(DataSourceExec::from_data_source(config))
    }
}
