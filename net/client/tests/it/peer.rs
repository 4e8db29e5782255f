//! The other end: a WebSocket server that does what each test says.

use client::protocol::{
    Encoding, Envelope, Limits, Request, Server, Welcome, decode_request, encode_ok,
};
use futures_util::{SinkExt, StreamExt};
use tokio::net::{TcpListener, TcpStream};
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::handshake::server::{Request as Upgrade, Response};
use tokio_tungstenite::tungstenite::http::HeaderMap;

/// Waits for a client.
pub(crate) struct Peer {
    listener: TcpListener,
}

/// A client that has come.
pub(crate) struct Visitor {
    pub(crate) socket: WebSocketStream<TcpStream>,
    pub(crate) encoding: Encoding,
    /// What came with its upgrade.
    pub(crate) headers: HeaderMap,
}

impl Peer {
    pub(crate) async fn start() -> (Self, String) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("ws://{}/v1/ws", listener.local_addr().unwrap());
        (Self { listener }, url)
    }

    /// Takes a client up to its first message.
    pub(crate) async fn accept(&self) -> Visitor {
        let (stream, _) = self.listener.accept().await.unwrap();
        let mut headers = HeaderMap::new();
        #[expect(clippy::result_large_err, reason = "the shape of the library's callback")]
        let socket = tokio_tungstenite::accept_hdr_async(
            stream,
            |upgrade: &Upgrade, mut response: Response| {
                headers = upgrade.headers().clone();
                let asked = headers["sec-websocket-protocol"].clone();
                response.headers_mut().insert("sec-websocket-protocol", asked);
                Ok(response)
            },
        )
        .await
        .unwrap();
        let asked = headers["sec-websocket-protocol"].to_str().unwrap();
        let encoding = Encoding::of_subprotocol(asked).unwrap();
        Visitor { socket, encoding, headers }
    }

    /// Takes a client and answers its `hello` with this token; gives both.
    pub(crate) async fn welcome(&self, token: &str) -> (Visitor, Envelope) {
        let mut visitor = self.accept().await;
        let hello = visitor.hear().await;
        assert!(matches!(hello.request, Request::Hello(_)));
        let data = Welcome {
            session: "s1".into(),
            token: token.into(),
            epoch: 1,
            server: Server::new("liap", "0.1.0"),
            limits: Limits::default(),
            room: None,
        };
        visitor.say(|encoding, out| encode_ok(encoding, hello.id, &data, out)).await;
        (visitor, hello)
    }
}

impl Visitor {
    /// The next request.
    pub(crate) async fn hear(&mut self) -> Envelope {
        match self.socket.next().await.unwrap().unwrap() {
            Message::Binary(bytes) if self.encoding == Encoding::MessagePack => {
                decode_request(self.encoding, &bytes).unwrap()
            }
            Message::Text(text) if self.encoding == Encoding::Json => {
                decode_request(self.encoding, text.as_bytes()).unwrap()
            }
            other => panic!("{other:?}"),
        }
    }

    /// Sends what `write` writes, in the frame that fits.
    pub(crate) async fn say(&mut self, write: impl FnOnce(Encoding, &mut Vec<u8>)) {
        let mut bytes = Vec::new();
        write(self.encoding, &mut bytes);
        let message = match self.encoding {
            Encoding::MessagePack => Message::binary(bytes),
            Encoding::Json => Message::text(String::from_utf8(bytes).unwrap()),
        };
        self.socket.send(message).await.unwrap();
    }
}
