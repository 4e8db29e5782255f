//! A bucket of a test's own, and what is in it.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::Arc;

use archive::{
    Applied, Catalog, CatalogLimits, Change, ObjectTarget, S3Options, Table, Target, TargetError,
};
use object_store::{ObjectStore, ObjectStoreExt, path::Path};
use sha2::{Digest, Sha256};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::made;
use crate::proxy::Proxy;
use crate::services::{address, variable};

/// A new bucket with a proxy before it.
pub(crate) struct Bucket {
    name: String,
    server: SocketAddr,
    pub(crate) proxy: Proxy,
}

impl Bucket {
    /// In the server that `with.sh` started.
    pub(crate) async fn new() -> Self {
        Self::within(&variable("TEST_LIAP_S3")).await
    }

    /// In this server.
    pub(crate) async fn within(server: &str) -> Self {
        let server = address(server);
        let name = format!("t-{}", made::unique().simple());
        let bucket = Self { name, server, proxy: Proxy::before(server).await };
        bucket.make().await;
        bucket
    }

    /// Makes it, by a request that the archive itself never sends.
    pub(crate) async fn make(&self) {
        let mut stream = TcpStream::connect(self.server).await.unwrap();
        let request = format!(
            "PUT /{} HTTP/1.1\r\nhost: {}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n",
            self.name, self.server
        );
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.unwrap();
        assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    }

    /// Where the manifest of a change goes, as a request begins.
    pub(crate) fn puts_manifest(&self) -> &'static str {
        format!("PUT /{}/archive/_manifests/", self.name).leak()
    }

    fn store(&self, at: SocketAddr) -> Arc<dyn ObjectStore> {
        let options = S3Options {
            prefix: "archive".to_owned(),
            endpoint: Some(format!("http://{at}")),
            region: Some("us-east-1".to_owned()),
            credentials: Some(("liap".to_owned(), "secret".to_owned())),
            connect_ms: 1_000,
            request_ms: 1_500,
            ..S3Options::new(&self.name)
        };
        options.open().unwrap()
    }

    /// A target that reaches it through the proxy, and does not wait long.
    pub(crate) fn target(&self) -> ObjectTarget {
        ObjectTarget::new(self.store(self.proxy.address()), "s3", CatalogLimits::default())
    }

    /// What is in it by its manifests; every file is read and checked against them.
    pub(crate) async fn census(&self) -> Census {
        let store = self.store(self.server);
        let catalog = Catalog::load(Arc::clone(&store), CatalogLimits::default()).await.unwrap();
        assert!(catalog.damaged().is_empty(), "{:?}", catalog.damaged());
        let mut rows = BTreeMap::new();
        for table in Table::ALL {
            let mut count = 0;
            for file in catalog.files(table, ..) {
                let got = store.get(&Path::from(file.path.as_str())).await.unwrap();
                let bytes = got.bytes().await.unwrap();
                let hash = Sha256::digest(&bytes);
                let hash: String = hash.iter().map(|byte| format!("{byte:02x}")).collect();
                assert_eq!((bytes.len() as u64, hash), (file.bytes, file.sha256.clone()));
                count += file.rows;
            }
            rows.insert(table.name(), count);
        }
        Census { rows }
    }
}

/// How many rows each table has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Census {
    rows: BTreeMap<&'static str, u64>,
}

impl Census {
    /// Of this many whole matches, each once.
    pub(crate) fn of(matches: u64) -> Self {
        let rows = Table::ALL.map(|table| (table.name(), matches * made::rows_each(table)));
        Self { rows: rows.into() }
    }

    pub(crate) fn matches(&self) -> u64 {
        self.rows[Table::Matches.name()]
    }
}

/// Brings it in, trying again as the archiver does while it is unavailable.
pub(crate) async fn insist(target: &dyn Target, change: &Change) -> Applied {
    for _ in 0..20 {
        match target.apply(change).await {
            Ok(applied) => return applied,
            Err(TargetError::Unavailable(_)) => {}
            Err(error) => panic!("{error}"),
        }
    }
    panic!("not in after 20 attempts: {:?}", target.apply(change).await);
}
