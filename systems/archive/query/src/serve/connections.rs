//! Connections: so many and no more, none that dawdles, all of them ended in order.

use std::future::Future;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use axum::Router;
use hyper::server::conn::http1::Builder;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, watch};

use super::Shared;

/// How long the head of a request may take, and a connection be idle.
const HEAD: Duration = Duration::from_secs(10);

/// How long a connection may last before it is asked to end: who does not read its answers must
/// not stay.
const LASTS: Duration = Duration::from_secs(600);

/// How long a connection may take to end when asked.
const ENDS: Duration = Duration::from_secs(10);

/// Bytes of the head of a request.
const HEAD_BYTES_MAX: usize = 16 << 10;

pub(super) async fn serve(
    listener: TcpListener,
    router: Router,
    shared: &Arc<Shared>,
    most: usize,
    stop: impl Future<Output = ()>,
) {
    let places = Arc::new(Semaphore::new(most));
    let (stopping, told) = watch::channel(());
    let mut stop = pin!(stop);
    loop {
        let accepted = async {
            // A closed semaphore would end this, and nothing closes it.
            let place = Arc::clone(&places).acquire_owned().await.ok();
            (listener.accept().await, place)
        };
        let (accepted, place) = tokio::select! {
            accepted = accepted => accepted,
            () = &mut stop => break,
        };
        let stream = match accepted {
            Ok((stream, _)) => stream,
            Err(error) => {
                // Out of descriptors: others must end first.
                tracing::warn!(%error, "cannot accept a connection");
                tokio::time::sleep(Duration::from_millis(50)).await;
                continue;
            }
        };
        let (router, told, shared) = (router.clone(), told.clone(), Arc::clone(shared));
        tokio::spawn(async move {
            shared.metrics.connections.fetch_add(1, Ordering::Relaxed);
            one(stream, router, told).await;
            shared.metrics.connections.fetch_sub(1, Ordering::Relaxed);
            drop(place);
        });
    }
    drop((listener, told));
    stopping.send_replace(());
    if tokio::time::timeout(ENDS, stopping.closed()).await.is_err() {
        tracing::warn!("some requests were not answered before the end");
    }
}

async fn one(stream: TcpStream, router: Router, mut told: watch::Receiver<()>) {
    _ = stream.set_nodelay(true);
    let service = TowerToHyperService::new(router);
    let mut http = Builder::new();
    http.timer(TokioTimer::new()).header_read_timeout(HEAD).max_buf_size(HEAD_BYTES_MAX);
    let mut connection = pin!(http.serve_connection(TokioIo::new(stream), service));
    tokio::select! {
        _ = &mut connection => return,
        _ = told.changed() => {}
        () = tokio::time::sleep(LASTS) => {}
    }
    connection.as_mut().graceful_shutdown();
    _ = tokio::time::timeout(ENDS, connection).await;
}
