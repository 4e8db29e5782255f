//! A server, the shard it talks to, and clients.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use components::{Inbound, Release, SessionId};
use crossbeam_channel::{Receiver, bounded};
use futures_util::{SinkExt, StreamExt};
use net::{
    Gate, Identity, Key, Lanes, NetSettings, NotReady, Recovered, Server, Start, Stats, TokenKeys,
};
use protocol::{Encoding, Envelope, Hello, Request, ServerMessage, decode_message, encode_request};
use tokio::net::{TcpSocket, TcpStream};
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinHandle;
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::http::{HeaderName, HeaderValue};
use tokio_tungstenite::tungstenite::{Error, Message};
use tokio_tungstenite::{WebSocketStream, client_async};

/// No test waits longer than this for anything.
const PATIENCE: Duration = Duration::from_secs(10);

pub(crate) struct House {
    pub(crate) address: SocketAddr,
    pub(crate) stats: Arc<Stats>,
    pub(crate) gate: Arc<Gate>,
    pub(crate) requests: Receiver<Inbound>,
    pub(crate) control: Receiver<Inbound>,
    releases: mpsc::Sender<Release>,
    stop: oneshot::Sender<()>,
    running: JoinHandle<()>,
}

pub(crate) struct Client {
    pub(crate) socket: WebSocketStream<TcpStream>,
    pub(crate) session: SessionId,
    pub(crate) token: String,
    encoding: Encoding,
}

pub(crate) async fn within<T>(what: impl Future<Output = T>) -> T {
    timeout(PATIENCE, what).await.expect("it took too long")
}

/// Waits until `condition` holds.
pub(crate) async fn until(mut condition: impl FnMut() -> bool) {
    within(async {
        while !condition() {
            tokio::task::yield_now().await;
        }
    })
    .await;
}

pub(crate) fn keys() -> TokenKeys {
    TokenKeys { current: Key::new([7; 32]), previous: None }
}

pub(crate) async fn house(change: impl FnOnce(&mut NetSettings)) -> House {
    begin(change, None).await
}

/// A server that believes a provider.
pub(crate) async fn believing_house(identity: Identity) -> House {
    begin(|_| {}, Some(identity)).await
}

async fn begin(change: impl FnOnce(&mut NetSettings), identity: Option<Identity>) -> House {
    let mut settings =
        NetSettings { listen: "127.0.0.1:0".parse().unwrap(), ..NetSettings::default() };
    change(&mut settings);
    let (request_sender, requests) = bounded(64);
    let (control_sender, control) = bounded(64);
    let lanes = Lanes { requests: vec![request_sender], control: vec![control_sender] };
    let (releases, released) = mpsc::channel(64);
    let start = Start {
        settings,
        lanes,
        releases: released,
        first_room: 0,
        ready: Arc::new(|| Err(NotReady::Storage("the disk is full".to_owned()))),
        degraded: Arc::new(|| vec!["the archive is away".to_owned()]),
        keys: keys(),
        identity,
        recovered: Recovered::default(),
    };
    let server = Server::bind(start).await.unwrap();
    let (address, stats, gate) = (server.local_addr().unwrap(), server.stats(), server.gate());
    let (stop, stopped) = oneshot::channel();
    let running = tokio::spawn(server.run(async {
        let _ = stopped.await;
    }));
    House { address, stats, gate, requests, control, releases, stop, running }
}

impl House {
    /// Tries to upgrade with these headers.
    pub(crate) async fn connect(
        &self,
        headers: &[(&'static str, &str)],
    ) -> Result<(WebSocketStream<TcpStream>, Option<String>), Error> {
        self.connect_from(1, headers).await
    }

    /// A bare socket from 127.0.0.`from`.
    pub(crate) async fn socket(&self, from: u8) -> TcpStream {
        let socket = TcpSocket::new_v4().unwrap();
        socket.bind(SocketAddr::new(IpAddr::V4(Ipv4Addr::new(127, 0, 0, from)), 0)).unwrap();
        within(socket.connect(self.address)).await.unwrap()
    }

    /// Tries to upgrade from 127.0.0.`from`, with these headers.
    pub(crate) async fn connect_from(
        &self,
        from: u8,
        headers: &[(&'static str, &str)],
    ) -> Result<(WebSocketStream<TcpStream>, Option<String>), Error> {
        let mut request = format!("ws://{}/v1/ws", self.address).into_client_request().unwrap();
        for (name, value) in headers {
            let value = HeaderValue::from_str(value).unwrap();
            request.headers_mut().insert(HeaderName::from_static(name), value);
        }
        let tcp = self.socket(from).await;
        let (socket, response) = within(client_async(request, tcp)).await?;
        let agreed = response.headers().get("sec-websocket-protocol");
        Ok((socket, agreed.map(|it| it.to_str().unwrap().to_owned())))
    }

    pub(crate) async fn stranger(&self, encoding: Encoding) -> Client {
        self.stranger_from(1, encoding).await
    }

    pub(crate) async fn stranger_from(&self, from: u8, encoding: Encoding) -> Client {
        let headers = [("sec-websocket-protocol", encoding.subprotocol())];
        let (socket, agreed) = self.connect_from(from, &headers).await.unwrap();
        assert_eq!(agreed.as_deref(), Some(encoding.subprotocol()));
        Client { socket, encoding, session: SessionId(0), token: String::new() }
    }

    /// A client that has said hello.
    pub(crate) async fn greeted(&self, encoding: Encoding, hello: Hello) -> Client {
        let mut client = self.stranger(encoding).await;
        client.ask(1, Request::Hello(hello)).await;
        let ServerMessage::Ok { id: 1, data } = client.message().await else {
            panic!("no welcome")
        };
        let session = u64::from_str_radix(data.session.as_ref().unwrap(), 16).unwrap();
        client.session = SessionId(session);
        client.token = data.token.unwrap();
        client
    }

    /// The next thing that arrives at the shard in this lane.
    pub(crate) async fn arrived(&self, lane: &Receiver<Inbound>) -> Inbound {
        let mut got = None;
        until(|| {
            got = lane.try_recv().ok();
            got.is_some()
        })
        .await;
        got.unwrap()
    }

    pub(crate) async fn release(&self, release: Release) {
        within(self.releases.send(release)).await.unwrap();
    }

    /// Ends the server and waits for its end.
    pub(crate) async fn stop(self) {
        self.stop.send(()).unwrap();
        within(self.running).await.unwrap();
    }
}

impl Client {
    pub(crate) async fn ask(&mut self, id: u32, request: Request) {
        let mut bytes = Vec::new();
        encode_request(self.encoding, &Envelope { id, request }, &mut bytes);
        let message = match self.encoding {
            Encoding::MessagePack => Message::binary(bytes),
            Encoding::Json => Message::text(String::from_utf8(bytes).unwrap()),
        };
        within(self.socket.send(message)).await.unwrap();
    }

    pub(crate) async fn message(&mut self) -> ServerMessage {
        loop {
            let message = within(self.socket.next()).await.expect("it closed").unwrap();
            match (message, self.encoding) {
                (Message::Binary(bytes), Encoding::MessagePack) => {
                    return decode_message(self.encoding, &bytes).unwrap();
                }
                (Message::Text(text), Encoding::Json) => {
                    return decode_message(self.encoding, text.as_bytes()).unwrap();
                }
                (Message::Ping(_) | Message::Pong(_), _) => {}
                (other, _) => panic!("{other:?}"),
            }
        }
    }

    /// The code of the error that comes next, and the id it answers.
    pub(crate) async fn error(&mut self) -> (Option<u32>, &'static str) {
        match self.message().await {
            ServerMessage::Error { id, data } => (id, data.code.as_str()),
            other => panic!("{other:?}"),
        }
    }

    /// With which code the connection closes, whatever comes before that.
    pub(crate) async fn closed(&mut self) -> u16 {
        loop {
            match within(self.socket.next()).await {
                Some(Ok(Message::Close(frame))) => return frame.unwrap().code.into(),
                Some(Ok(_)) => {}
                other => panic!("it ended without a code: {other:?}"),
            }
        }
    }
}
