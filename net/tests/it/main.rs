//! The server over real sockets on this machine, with the tick's ends of all channels in the
//! tests' hands.

mod address;
mod exchange;
mod frames;
mod house;
mod http;
mod identity;
mod lifetime;
mod play;
