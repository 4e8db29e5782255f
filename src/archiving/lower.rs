//! The archive's threads stand back for those that players wait for.

/// Lowers the priority of this thread, and of all that it starts from now on: on Linux, niceness is
/// a thread's own and is inherited. With equal priority a busy archiver tripled the 99th percentile
/// of a hop between two other threads; see benches/README.md.
pub(super) fn lower_priority() {
    const NICEST: i32 = 19;
    if let Err(error) = rustix::process::nice(NICEST) {
        tracing::warn!(%error, "the archive runs with the priority of everything else");
    }
}
