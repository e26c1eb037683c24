//! Links the unwinder into the binary: without this, `libgcc_s.so.1` is needed at run time beside libc.
//!
//! The standard library asks the linker for `gcc_s`. On Linux with glibc that name is answered here by a linker
//! script that names the static archives of the same compiler instead.
use std::path::Path;
use std::{env, fs, io};

fn main() -> io::Result<()> {
    println!("cargo::rerun-if-changed=build.rs");
    let is = |variable, value| env::var(variable).is_ok_and(|found| found == value);
    if is("CARGO_CFG_TARGET_OS", "linux") && is("CARGO_CFG_TARGET_ENV", "gnu") {
        let folder = env::var("OUT_DIR").map_err(io::Error::other)?;
        fs::write(
            Path::new(&folder).join("libgcc_s.so"),
            "GROUP ( -lgcc_eh -lgcc )\n",
        )?;
        println!("cargo::rustc-link-search=native={folder}");
    }
    Ok(())
}
