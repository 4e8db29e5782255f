//! A request to the operators' listener, and its answer.

use std::fs;
use std::io;
use std::net::SocketAddr;
use std::path::Path;
use std::time::Duration;

use http_body_util::{BodyExt, Full, Limited};
use hyper::body::Bytes;
use hyper::client::conn::http1;
use hyper::header::{AUTHORIZATION, CONTENT_TYPE, HOST};
use hyper::{Method, Request};
use hyper_util::rt::TokioIo;
use serde_json::Value;
use tokio::net::TcpStream;
use tokio::runtime::Runtime;
use tokio::time::timeout;

use crate::admin::{Token, address_file};
use crate::archiving::runtime;
use crate::journal_tools::Failure;

/// How long a server may take for an answer.
const PATIENCE: Duration = Duration::from_secs(10);

/// Bytes of an answer.
const ANSWER_BYTES_MAX: usize = 16 << 20;

/// The way to one server.
pub(super) struct Line {
    address: SocketAddr,
    token: Token,
    runtime: Runtime,
}

impl Line {
    /// To the server that has this data directory.
    ///
    /// # Errors
    ///
    /// None has had it, or the token cannot be read.
    pub(super) fn open(data: &Path) -> Result<Self, Failure> {
        let file = address_file(data);
        let text = fs::read_to_string(&file).map_err(|error| {
            let shown = data.display();
            Failure::Missing(format!("no server has said in {shown} where it listens: {error}"))
        })?;
        let unreadable = |_| Failure::Data(format!("{} holds no address", file.display()));
        let address = text.trim().parse().map_err(unreadable)?;
        Ok(Self { address, token: Token::read(data)?, runtime: runtime()? })
    }

    pub(super) fn get(&self, path: &str) -> Result<Value, Failure> {
        self.ask(Method::GET, path, Bytes::new())
    }

    pub(super) fn post(&self, path: &str, body: &Value) -> Result<Value, Failure> {
        self.ask(Method::POST, path, body.to_string().into())
    }

    fn ask(&self, method: Method, path: &str, body: Bytes) -> Result<Value, Failure> {
        let request = Request::builder()
            .method(method)
            .uri(path)
            .header(HOST, self.address.to_string())
            .header(AUTHORIZATION, self.token.bearer())
            .header(CONTENT_TYPE, "application/json")
            .body(Full::new(body))
            .map_err(|error| Failure::Missing(format!("{path} cannot be asked for: {error}")))?;
        let asked = async { timeout(PATIENCE, send(self.address, request)).await };
        let (is_fine, answer) = self.runtime.block_on(asked).map_err(|_| {
            let seconds = PATIENCE.as_secs();
            io::Error::other(format!("{} did not answer within {seconds} s", self.address))
        })??;
        let answer: Value = serde_json::from_slice(&answer)
            .map_err(|error| Failure::Data(format!("the answer is no JSON: {error}")))?;
        if is_fine {
            return Ok(answer);
        }
        let said = |name: &str| answer["error"][name].as_str().unwrap_or("?").to_owned();
        Err(Failure::Missing(format!("{}: {}", said("code"), said("message"))))
    }
}

async fn send(address: SocketAddr, request: Request<Full<Bytes>>) -> io::Result<(bool, Bytes)> {
    let gone = |error: io::Error| {
        let kind = error.kind();
        io::Error::new(kind, format!("no server listens at {address} any more: {error}"))
    };
    let stream = TcpStream::connect(address).await.map_err(gone)?;
    let (mut sender, connection) =
        http1::handshake(TokioIo::new(stream)).await.map_err(io::Error::other)?;
    tokio::spawn(connection);
    let response = sender.send_request(request).await.map_err(io::Error::other)?;
    let is_fine = response.status().is_success();
    let body = Limited::new(response.into_body(), ANSWER_BYTES_MAX).collect().await;
    Ok((is_fine, body.map_err(io::Error::other)?.to_bytes()))
}
