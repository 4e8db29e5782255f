//! The `liap` binary; all of it is in the library beside it, where benchmarks and tests reach it.

use std::process::ExitCode;

fn main() -> ExitCode {
    liap::run()
}
