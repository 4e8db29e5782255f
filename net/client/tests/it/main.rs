//! A client against a server's end of a real socket.

mod connection;
mod peer;
