//! tmp
use std::sync::Arc;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
#[tokio::test]
async fn memory() {
    let settings = net::NetSettings { listen: "127.0.0.1:0".parse().unwrap(), hello_seconds: 60, ..Default::default() };
    let (a, _b) = crossbeam_channel::bounded(64);
    let (c, _d) = crossbeam_channel::bounded(64);
    let (_r, rx) = tokio::sync::mpsc::channel(4);
    let server = net::Server::bind(settings, net::Lanes { requests: vec![a], control: vec![c] }, rx, 0, Arc::new(|| Ok(()))).await.unwrap();
    let addr = server.local_addr().unwrap();
    let stats = server.stats();
    tokio::spawn(server.run(std::future::pending()));
    let rss = || std::fs::read_to_string("/proc/self/status").unwrap().lines().find(|l| l.starts_with("VmRSS")).unwrap().split_whitespace().nth(1).unwrap().parse::<u64>().unwrap();
    let mut held = vec![];
    let mut last = 0;
    for n in 0..=8000u32 {
        let mut tcp = tokio::net::TcpStream::connect(addr).await.unwrap();
        tcp.write_all(b"GET /v1/ws HTTP/1.1\r\nhost: here\r\nconnection: upgrade\r\nupgrade: websocket\r\nsec-websocket-version: 13\r\nsec-websocket-protocol: liap.v1.json\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n").await.unwrap();
        let hello = br#"{"id":1,"type":"hello","data":{"name":"Ada"}}"#;
        let mut bytes = vec![0x81, 0x80 | hello.len() as u8, 0, 0, 0, 0];
        bytes.extend(hello);
        let mut buf = [0; 2048];
        let mut got = String::new();
        while !got.contains("\r\n\r\n") { let k = tcp.read(&mut buf).await.unwrap(); got.push_str(&String::from_utf8_lossy(&buf[..k])); }
        tcp.write_all(&bytes).await.unwrap();
        let k = tcp.read(&mut buf).await.unwrap();
        assert!(k > 100);
        held.push(tcp);
        if n == 2000 { last = rss(); }
    }
    let now = rss();
    eprintln!("per connection {} bytes; {:?}", (now - last) * 1024 / 6000, stats.snapshot().connections);
}
