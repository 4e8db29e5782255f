//! Being written.
pub(crate) fn run(_: &crate::args::Play) -> std::io::Result<crate::args::Exit> { Ok(crate::args::Exit::Ok) }
