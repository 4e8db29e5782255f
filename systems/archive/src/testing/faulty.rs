//! A store whose process dies at its n-th call.

use std::fmt;
use std::ops::Range;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use async_trait::async_trait;
use bytes::Bytes;
use futures_util::future::BoxFuture;
use futures_util::stream::BoxStream;
use futures_util::{FutureExt, StreamExt};
use object_store::path::Path;
use object_store::{
    CopyOptions, Error, GetOptions, GetResult, ListResult, MultipartUpload, ObjectMeta,
    ObjectStore, PutMode, PutMultipartOptions, PutOptions, PutPayload, PutResult, Result,
};

/// Whether the n-th call, counted from 0, was still done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Dies {
    Before(u64),
    After(u64),
}

/// What others do while a call is under way.
pub(crate) type Others = dyn Fn() -> BoxFuture<'static, ()> + Send + Sync;

/// The store; from the n-th call on it only says that the disk is full.
#[derive(Clone)]
pub(crate) struct Faulty {
    inner: Arc<dyn ObjectStore>,
    calls: Arc<AtomicU64>,
    dies: Dies,
    others: Option<(u64, Arc<Others>)>,
    overwrites: bool,
}

impl Faulty {
    pub(crate) fn new(inner: &Arc<dyn ObjectStore>, dies: Dies) -> Arc<Self> {
        let (inner, calls) = (Arc::clone(inner), Arc::default());
        Arc::new(Self { inner, calls, dies, others: None, overwrites: false })
    }

    /// A store that fails nobody, but lets others go first at the n-th call.
    pub(crate) fn meeting(inner: &Arc<dyn ObjectStore>, n: u64, others: Arc<Others>) -> Arc<Self> {
        let mut store = Self::clone(&Self::new(inner, Dies::Before(u64::MAX)));
        store.others = Some((n, others));
        Arc::new(store)
    }

    /// A store that overwrites what it was told not to.
    pub(crate) fn careless(inner: &Arc<dyn ObjectStore>) -> Arc<Self> {
        let mut store = Self::clone(&Self::new(inner, Dies::Before(u64::MAX)));
        store.overwrites = true;
        Arc::new(store)
    }

    /// How many calls there were.
    pub(crate) fn calls(&self) -> u64 {
        self.calls.load(Ordering::Relaxed)
    }

    /// Whether it came so far.
    pub(crate) fn died(&self) -> bool {
        let (Dies::Before(n) | Dies::After(n)) = self.dies;
        self.calls.load(Ordering::Relaxed) > n
    }

    async fn call(&self) -> Call {
        let number = self.calls.fetch_add(1, Ordering::Relaxed);
        if let Some((n, others)) = &self.others
            && *n == number
        {
            others().await;
        }
        match self.dies {
            Dies::Before(n) | Dies::After(n) if number > n => Call::Dead,
            Dies::Before(n) if number == n => Call::Dead,
            Dies::After(n) if number == n => Call::Last,
            _ => Call::Fine,
        }
    }
}

#[derive(Clone, Copy)]
enum Call {
    Fine,
    Last,
    Dead,
}

impl Call {
    fn begin(self) -> Result<()> {
        if matches!(self, Self::Dead) { Err(dead()) } else { Ok(()) }
    }

    fn end<T>(self, answer: Result<T>) -> Result<T> {
        if matches!(self, Self::Last) { Err(dead()) } else { answer }
    }
}

fn dead() -> Error {
    Error::Generic { store: "faulty", source: "No space left on device (os error 28)".into() }
}

impl fmt::Debug for Faulty {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl fmt::Display for Faulty {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "faulty {}", self.inner)
    }
}

#[async_trait]
impl ObjectStore for Faulty {
    async fn put_opts(
        &self,
        at: &Path,
        bytes: PutPayload,
        mut how: PutOptions,
    ) -> Result<PutResult> {
        if self.overwrites {
            how.mode = PutMode::Overwrite;
        }
        let call = self.call().await;
        call.begin()?;
        call.end(self.inner.put_opts(at, bytes, how).await)
    }

    async fn put_multipart_opts(
        &self,
        at: &Path,
        how: PutMultipartOptions,
    ) -> Result<Box<dyn MultipartUpload>> {
        self.inner.put_multipart_opts(at, how).await
    }

    async fn get_opts(&self, at: &Path, how: GetOptions) -> Result<GetResult> {
        let call = self.call().await;
        call.begin()?;
        call.end(self.inner.get_opts(at, how).await)
    }

    async fn get_ranges(&self, at: &Path, ranges: &[Range<u64>]) -> Result<Vec<Bytes>> {
        let call = self.call().await;
        call.begin()?;
        call.end(self.inner.get_ranges(at, ranges).await)
    }

    fn delete_stream(
        &self,
        paths: BoxStream<'static, Result<Path>>,
    ) -> BoxStream<'static, Result<Path>> {
        let store = self.clone();
        let one = move |path: Result<Path>| {
            let store = store.clone();
            async move {
                let call = store.call().await;
                call.begin()?;
                let mut done =
                    store.inner.delete_stream(futures_util::stream::iter([path]).boxed());
                call.end(done.next().await.unwrap())
            }
        };
        paths.then(one).boxed()
    }

    fn list(&self, prefix: Option<&Path>) -> BoxStream<'static, Result<ObjectMeta>> {
        let (store, prefix) = (self.clone(), prefix.cloned());
        let listing = async move {
            match store.call().await.begin() {
                Err(error) => futures_util::stream::iter([Err(error)]).boxed(),
                Ok(()) => store.inner.list(prefix.as_ref()),
            }
        };
        listing.flatten_stream().boxed()
    }

    async fn list_with_delimiter(&self, prefix: Option<&Path>) -> Result<ListResult> {
        let call = self.call().await;
        call.begin()?;
        call.end(self.inner.list_with_delimiter(prefix).await)
    }

    async fn copy_opts(&self, from: &Path, to: &Path, how: CopyOptions) -> Result<()> {
        self.inner.copy_opts(from, to, how).await
    }
}
