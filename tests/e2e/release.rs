//! What the binary needs at run time.
use std::process::Command;

/// The parts of glibc.
const LIBC: [&str; 6] = [
    "libc.so",
    "libm.so",
    "libdl.so",
    "libpthread.so",
    "librt.so",
    "ld-linux",
];

#[test]
#[cfg(target_os = "linux")]
fn it_needs_no_library_but_libc() {
    let output = Command::new("readelf")
        .args(["--wide", "--dynamic", env!("CARGO_BIN_EXE_pantry")])
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let text = String::from_utf8(output.stdout).unwrap();
    let needed: Vec<&str> = text
        .lines()
        .filter(|line| line.contains("(NEEDED)"))
        .map(|line| line.split(['[', ']']).nth(1).unwrap())
        .collect();
    assert!(
        needed.iter().any(|name| name.starts_with("libc.so")),
        "{text}"
    );
    for name in needed {
        assert!(
            LIBC.iter().any(|part| name.starts_with(part)),
            "{name} is not a part of libc"
        );
    }
}
