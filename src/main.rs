//! The `throng` command.

use std::process::ExitCode;

/// Quicker than the system's at the many small and short-lived things that a script makes.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    throng::cli::main()
}
