//! DataFusion as it is used here: threads of its own, bounded memory, no disk, no network.

use std::fmt;
use std::sync::Arc;

use archive::Table;
use datafusion::error::Result;
use datafusion::execution::SessionStateBuilder;
use datafusion::execution::disk_manager::{DiskManagerBuilder, DiskManagerMode};
use datafusion::execution::memory_pool::{GreedyMemoryPool, TrackConsumersPool};
use datafusion::execution::runtime_env::{RuntimeEnv, RuntimeEnvBuilder};
use datafusion::prelude::{SessionConfig, SessionContext};
use datafusion::{functions, functions_aggregate, functions_window};
use object_store::ObjectStore;
use tokio::runtime::{Builder, Handle, Runtime};

use crate::provider::{ArchiveTable, STORE};

/// Planning walks expressions recursively: the longest SQL that is taken, all of it one chain of
/// operators, must fit. Only what is touched becomes memory.
const STACK_BYTES: usize = 256 << 20;

/// Our own queries are not deep.
const OWN_STACK_BYTES: usize = 8 << 20;

/// Rows that a stranger's question handles at once.
const STRANGERS_BATCH: usize = 1_024;

/// Functions that strangers do not get: they make much of little where no memory pool sees it.
/// Those of arrays are left out altogether.
const WITHHELD: [&str; 12] = [
    "repeat",
    "lpad",
    "rpad",
    "replace",
    "concat",
    "concat_ws",
    "overlay",
    "arrow_cast",
    "arrow_try_cast",
    "array_agg",
    "string_agg",
    "listagg",
];

/// How much the engine may use.
#[derive(Debug, Clone, Copy)]
pub struct EngineLimits {
    /// Threads that plan and run queries.
    pub threads: usize,
    /// Bytes of footers of Parquet files that are kept.
    pub metadata_bytes: usize,
    /// Bytes that the queries behind the ready-made answers may use together.
    pub own_memory_bytes: usize,
}

impl Default for EngineLimits {
    fn default() -> Self {
        let cores = std::thread::available_parallelism().map_or(2, std::num::NonZero::get);
        Self { threads: cores.max(2), metadata_bytes: 256 << 20, own_memory_bytes: 1 << 30 }
    }
}

/// What runs queries.
pub struct Engine {
    store: Arc<dyn ObjectStore>,
    environment: Arc<RuntimeEnv>,
    threads: usize,
    own: SessionContext,
    runtimes: Option<Runtimes>,
}

/// Strangers may keep their threads busy; ours answer all the same.
struct Runtimes {
    own: Runtime,
    strangers: Runtime,
}

impl Engine {
    /// An engine on this archive.
    ///
    /// # Errors
    /// If threads cannot be started.
    pub fn new(store: Arc<dyn ObjectStore>, limits: EngineLimits) -> Result<Self> {
        let disk = DiskManagerBuilder::default().with_mode(DiskManagerMode::Disabled);
        let environment = RuntimeEnvBuilder::new()
            .with_disk_manager_builder(disk)
            .with_metadata_cache_limit(limits.metadata_bytes)
            .with_memory_pool(pool(limits.own_memory_bytes))
            .build_arc()?;
        let url = datafusion::datasource::object_store::ObjectStoreUrl::parse(STORE)?;
        environment.register_object_store(url.as_ref(), Arc::clone(&store));
        let runtimes = Runtimes {
            own: runtime("query", limits.threads, OWN_STACK_BYTES)?,
            strangers: runtime("sql", limits.threads, STACK_BYTES)?,
        };
        let own =
            SessionContext::new_with_config_rt(config(limits.threads), Arc::clone(&environment));
        Ok(Self { store, environment, threads: limits.threads, own, runtimes: Some(runtimes) })
    }

    /// The archive's store.
    #[must_use]
    pub const fn store(&self) -> &Arc<dyn ObjectStore> {
        &self.store
    }

    /// The session of the ready-made answers.
    #[must_use]
    pub const fn own(&self) -> &SessionContext {
        &self.own
    }

    /// Where the queries behind the ready-made answers run: not on the threads that speak HTTP.
    #[must_use]
    pub fn handle(&self) -> Handle {
        self.runtimes.as_ref().map_or_else(Handle::current, |all| all.own.handle().clone())
    }

    /// Where questions of strangers run.
    #[must_use]
    pub fn strangers(&self) -> Handle {
        self.runtimes.as_ref().map_or_else(Handle::current, |all| all.strangers.handle().clone())
    }

    /// A session for one query of a stranger: these tables and no others, so much memory.
    ///
    /// # Errors
    /// If DataFusion refuses its own parts.
    pub fn session(
        &self,
        tables: impl IntoIterator<Item = (Table, Arc<ArchiveTable>)>,
        memory_bytes: usize,
    ) -> Result<SessionContext> {
        let environment = RuntimeEnvBuilder::from_runtime_env(&self.environment)
            .with_memory_pool(pool(memory_bytes))
            .build_arc()?;
        let mut config = config(self.threads).with_batch_size(STRANGERS_BATCH);
        config.options_mut().execution.enable_recursive_ctes = false;
        let state = SessionStateBuilder::new()
            .with_config(config)
            .with_runtime_env(environment)
            .with_expr_planners(vec![
                Arc::new(functions::core::planner::CoreFunctionPlanner::default()),
                Arc::new(functions::datetime::planner::DatetimeFunctionPlanner),
                Arc::new(functions::unicode::planner::UnicodeFunctionPlanner),
                Arc::new(functions_aggregate::planner::AggregateFunctionPlanner),
                Arc::new(functions_window::planner::WindowFunctionPlanner),
            ])
            .with_scalar_functions(functions::all_default_functions())
            .with_aggregate_functions(functions_aggregate::all_default_aggregate_functions())
            .with_window_functions(functions_window::all_default_window_functions())
            .build();
        let session = SessionContext::new_with_state(state);
        for name in WITHHELD {
            session.deregister_udf(name);
            session.deregister_udaf(name);
        }
        for (table, provider) in tables {
            session.register_table(table.name(), provider)?;
        }
        Ok(session)
    }
}

impl fmt::Debug for Engine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Engine").field("store", &self.store).finish_non_exhaustive()
    }
}

impl Drop for Engine {
    fn drop(&mut self) {
        if let Some(all) = self.runtimes.take() {
            all.own.shutdown_background();
            all.strangers.shutdown_background();
        }
    }
}

fn runtime(name: &str, threads: usize, stack_bytes: usize) -> std::io::Result<Runtime> {
    Builder::new_multi_thread()
        .worker_threads(threads)
        .thread_stack_size(stack_bytes)
        .thread_name(name)
        .enable_all()
        .build()
}

fn pool(bytes: usize) -> Arc<TrackConsumersPool<GreedyMemoryPool>> {
    const NAMED_IN_ERRORS: std::num::NonZeroUsize = std::num::NonZeroUsize::MIN;
    Arc::new(TrackConsumersPool::new(GreedyMemoryPool::new(bytes), NAMED_IN_ERRORS))
}

fn config(threads: usize) -> SessionConfig {
    let mut config = SessionConfig::new().with_target_partitions(threads);
    let options = config.options_mut();
    options.execution.parquet.pushdown_filters = true;
    options.execution.parquet.reorder_filters = true;
    options.sql_parser.collect_spans = true;
    options.catalog.create_default_catalog_and_schema = true;
    config
}
