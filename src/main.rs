//! The binary `pantry`: everything is in the library beside it, so that tests reach it.
use std::process::ExitCode;

/// glibc's allocator makes threads wait for each other where one frees what another allocated, as the reader of an export
/// and its stager do.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    pantry::run(std::env::args_os())
}
