//! Limits by address, of a whole server that is told to spare nobody.

use client::protocol::{CreateRoom, ErrorCode, Request};
use client::{Client, ClientError, Options};

use crate::process::{Server, run};

async fn create(client: &mut Client) -> Result<(), ErrorCode> {
    match client.request(Request::CreateRoom(CreateRoom::default())).await {
        Ok(_) => Ok(()),
        Err(ClientError::Refused(refusal)) => Err(refusal.code),
        Err(error) => panic!("{error}"),
    }
}

#[test]
fn an_address_has_its_share_of_rooms_and_connections_and_gets_it_back() {
    let set = ["limits.exempt_cidrs=", "limits.address_rooms=1", "limits.address_connections=3"];
    let mut args: Vec<&str> = set.iter().flat_map(|it| ["--set", it]).collect();
    args.extend(["--set", "rooms.open_empty_ms=0"]);
    let server = Server::start("address", &args);
    run(async {
        let mut ada = server.connect("Ada").await;
        let mut bob = server.connect("Bob").await;
        assert_eq!(create(&mut ada).await, Ok(()));
        assert_eq!(create(&mut bob).await, Err(ErrorCode::RateLimited));
        ada.request(Request::LeaveRoom).await.unwrap();
        // The room closes with the tick that frees its last seat, or soon after.
        while create(&mut bob).await.is_err() {
            bob.request(Request::Ping(Default::default())).await.unwrap();
        }
        let _cid = server.connect("Cid").await;
        let options = Options { name: Some("Dan".to_owned()), ..Options::default() };
        let refused = Client::connect(&server.url, options.clone()).await;
        assert!(refused.is_err_and(|error| error.to_string().contains("429")));
        drop(ada);
        while Client::connect(&server.url, options.clone()).await.is_err() {}
    });
}
