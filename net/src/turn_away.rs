//! An answer for who is not let in at all, before the request was read.

use std::sync::Arc;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::Semaphore;
use tokio::time::timeout;

use crate::gate::Refused;

/// Sockets that are being told at once; further ones are closed without a word.
const TOLD_MAX: usize = 256;

/// How long one may take to hear it.
const PATIENCE: Duration = Duration::from_secs(1);

/// What is still read of its request: closing a socket with unread bytes would reset it, and the
/// answer could be lost.
const REQUEST_BYTES_MAX: usize = 8_192;

/// See the module.
#[derive(Debug, Clone)]
pub(crate) struct TurnAway(Arc<Semaphore>);

impl Default for TurnAway {
    fn default() -> Self {
        Self(Arc::new(Semaphore::new(TOLD_MAX)))
    }
}

impl TurnAway {
    /// Tells a socket why, as long as there are not too many, and closes it.
    pub(crate) fn tell(&self, mut socket: TcpStream, refused: Refused) {
        let Ok(place) = Arc::clone(&self.0).try_acquire_owned() else { return };
        tokio::spawn(async move {
            let told = async {
                socket.write_all(refused.head_and_body().as_bytes()).await?;
                socket.shutdown().await?;
                let (mut left, mut bytes) = (REQUEST_BYTES_MAX, [0; 512]);
                while left > 0 {
                    match socket.read(&mut bytes).await? {
                        0 => break,
                        count => left = left.saturating_sub(count),
                    }
                }
                Ok::<_, std::io::Error>(())
            };
            // Whether it heard it or not: the socket closes now.
            _ = timeout(PATIENCE, told).await;
            drop(place);
        });
    }
}
