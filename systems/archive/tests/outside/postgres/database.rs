//! A database of a test's own, and what is in it.

use std::collections::BTreeMap;

use archive::{Applied, Change, PostgresOptions, PostgresTarget, Table, Target, TargetError};
use tokio_postgres::{Client, NoTls};

use crate::made;
use crate::proxy::Proxy;
use crate::services::{address, through, variable};

/// A new database with a proxy before it.
pub(crate) struct Database {
    pub(crate) url: String,
    pub(crate) proxy: Proxy,
}

impl Database {
    /// In the server that `with.sh` started.
    pub(crate) async fn new() -> Self {
        Self::within(&variable("TEST_LIAP_POSTGRES")).await
    }

    /// In this server.
    pub(crate) async fn within(server: &str) -> Self {
        let name = format!("t_{}", made::unique().simple());
        let admin = connect(server).await;
        admin.batch_execute(&format!("create database {name}")).await.unwrap();
        let url = format!("{}/{name}", server.rsplit_once('/').unwrap().0);
        Self { url, proxy: Proxy::before(address(server)).await }
    }

    /// A target that reaches it through the proxy, and does not wait long.
    pub(crate) fn target(&self) -> PostgresTarget {
        PostgresTarget::new(self.options().limits(2_000, 1_000, 4_000, 2_000))
    }

    pub(crate) fn options(&self) -> PostgresOptions {
        PostgresOptions::parse(&through(&self.url, self.proxy.address())).unwrap()
    }

    /// Past the proxy.
    pub(crate) async fn client(&self) -> Client {
        connect(&self.url).await
    }

    /// What is in it, seen at one moment.
    pub(crate) async fn census(&self) -> Census {
        Census::take(&self.client().await).await
    }
}

/// A plain connection.
pub(crate) async fn connect(url: &str) -> Client {
    let (client, connection) = tokio_postgres::connect(url, NoTls).await.unwrap();
    tokio::spawn(connection);
    client
}

/// How many rows each table has, and how many matches.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Census {
    pub(crate) rows: BTreeMap<&'static str, u64>,
    pub(crate) matches: u64,
}

impl Census {
    /// By one statement, so that it is what a reader sees at one moment.
    pub(crate) async fn take(client: &Client) -> Self {
        let counts: Vec<String> =
            Table::ALL.map(|table| format!("(select count(*) from liap.{})", table.name())).into();
        let ask = format!(
            "select (select count(distinct match_id) from liap.matches), {}",
            counts.join(", ")
        );
        let row = client.query_one(&ask, &[]).await.unwrap();
        let count = |at: usize| row.get::<_, i64>(at) as u64;
        let rows = Table::ALL.iter().enumerate().map(|(at, table)| (table.name(), count(at + 1)));
        Self { rows: rows.collect(), matches: count(0) }
    }

    /// Of this many whole matches, each once.
    pub(crate) fn of(matches: u64) -> Self {
        let rows = Table::ALL.map(|table| (table.name(), matches * made::rows_each(table)));
        Self { rows: rows.into(), matches }
    }
}

/// Brings it in, trying again as the archiver does while it is unavailable.
pub(crate) async fn insist(target: &PostgresTarget, change: &Change) -> Applied {
    for _ in 0..20 {
        match target.apply(change).await {
            Ok(applied) => return applied,
            Err(TargetError::Unavailable(_)) => {}
            Err(error) => panic!("{error}"),
        }
    }
    panic!("not in after 20 attempts: {:?}", target.apply(change).await);
}
