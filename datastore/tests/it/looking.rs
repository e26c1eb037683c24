//! Looking at files: inspection, walking, checksums, confinement.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};

use pantry_datastore::{
    Checksum, Confinement, DatastoreError, Found, WalkedKind, inspect, walk, walk_after,
};
use serde_json::json;

use crate::oracle::{Answer, ask};
use crate::random::Random;

#[test]
fn inspection_sees_what_std_sees() {
    let folder = tempfile::tempdir().unwrap();
    let mut random = Random(21);
    let mut paths: Vec<PathBuf> = Vec::new();
    for number in 0..10_000 {
        let path = PathBuf::from(format!(
            "{}/{}/f{number}",
            random.below(9),
            random.below(99)
        ));
        if random.below(10) > 0 {
            let full = folder.path().join(&path);
            fs::create_dir_all(full.parent().unwrap()).unwrap();
            match random.below(20) {
                0 => symlink("nowhere", &full).unwrap(),
                1 => symlink("/proc/version", &full).unwrap(),
                2 => fs::create_dir(&full).unwrap(),
                size => fs::write(&full, vec![0; size]).unwrap(),
            }
        }
        paths.push(path);
    }
    paths.extend(["/proc/version", "no/such/folder/f", "0"].map(PathBuf::from));
    paths.sort();
    for jobs in [1, 2] {
        let found = inspect(folder.path(), &paths, jobs).unwrap();
        for (path, found) in paths.iter().zip(found) {
            let full = folder.path().join(path);
            let expected = match fs::metadata(&full) {
                Ok(metadata) if metadata.is_file() => Found::File {
                    size: metadata.len(),
                    is_symlink: full.is_symlink(),
                },
                Ok(_) => Found::NotAFile,
                Err(_) => Found::Missing,
            };
            assert_eq!(found, expected, "{}", path.display());
        }
    }
}

#[test]
fn the_walk_is_in_the_order_of_whole_paths() {
    let folder = tempfile::tempdir().unwrap();
    let names = [
        "a/b",
        "a.b",
        "a-b/c",
        "a0",
        "b/é",
        "b/z/y",
        "b/.pantry-x.0.tmp",
        "c",
    ];
    for name in names {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, "").unwrap();
    }
    symlink(folder.path(), folder.path().join("b/loop")).unwrap();
    let walked: Vec<_> = walk(folder.path()).map(Result::unwrap).collect();
    let paths: Vec<&str> = walked
        .iter()
        .map(|file| file.path.to_str().unwrap())
        .collect();
    let mut sorted: Vec<&str> = names.into_iter().chain(["b/loop"]).collect();
    sorted.sort_unstable();
    assert_eq!(paths, sorted);
    let kind = |name: &str| walked[paths.iter().position(|path| *path == name).unwrap()].kind;
    assert_eq!(kind("b/loop"), WalkedKind::Symlink);
    assert_eq!(kind("b/.pantry-x.0.tmp"), WalkedKind::Leftover);
    assert_eq!(kind("a0"), WalkedKind::File);
    // After any place, also one where nothing is, the rest comes.
    for after in sorted.iter().chain(&["a!", "a/", "b/z", "b/zz", "bb", "d"]) {
        let rest = walk_after(folder.path(), after.as_bytes()).map(|file| file.unwrap().path);
        let expected = sorted.iter().filter(|path| path > &after);
        assert!(rest.eq(expected.map(PathBuf::from)), "after {after}");
    }
}

#[test]
fn checksums_are_those_of_the_standard_and_of_the_oracle() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("f");
    // BLAKE3's published test vectors: the bytes 0, 1, ..., 250, 0, 1, ...
    let pattern: Vec<u8> = (0..=250).cycle().take(102_400).collect();
    for (length, hex) in [
        (
            0,
            "af1349b9f5f9a1a6a0404dea36dcc9499bcb25c9adc112b7cc9a93cae41f3262",
        ),
        (
            1,
            "2d3adedff11b61f14c886e35afa036736dcd87a74d27b5c1510225d0f592e213",
        ),
        (
            102_400,
            "bc3e3d41a1146b069abffad3c0d44860cf664390afce4d9661f7902e7943e085",
        ),
    ] {
        fs::write(&path, &pattern[..length]).unwrap();
        let (checksum, size) = Checksum::blake3_of(&path).unwrap();
        assert_eq!(
            (checksum.to_string(), size),
            (format!("blake3:{hex}"), length as u64)
        );
        assert_eq!(checksum.to_string().parse::<Checksum>().unwrap(), checksum);
    }
    let Answer::Ok(theirs) = ask(&[json!({"ask": "checksum", "path": path})]).remove(0) else {
        panic!("the oracle has no checksum");
    };
    let recorded: Checksum = theirs.as_str().unwrap().parse().unwrap();
    assert_eq!(recorded.same_kind_of(&path).unwrap().0, recorded);
    assert_eq!(recorded.to_string(), theirs);
    for bad in [
        "",
        "blake3:",
        "blake3:00",
        "abc",
        "md5:d41d8cd98f00b204e9800998ecf8427e",
        "ü",
    ] {
        assert!(
            matches!(
                bad.parse::<Checksum>(),
                Err(DatastoreError::BadChecksum { .. })
            ),
            "{bad}"
        );
    }
}

#[test]
fn confinement_follows_links() {
    let folder = tempfile::tempdir().unwrap();
    let export = folder.path().join("export");
    fs::create_dir_all(export.join("in")).unwrap();
    fs::write(folder.path().join("secret"), "").unwrap();
    fs::write(export.join("in/plain"), "").unwrap();
    symlink(folder.path(), export.join("out")).unwrap();
    symlink("../../secret", export.join("in/link")).unwrap();
    symlink("plain", export.join("in/harmless")).unwrap();
    let confined = Confinement::new(&export, &[]).unwrap();
    let check = |text: &str, path: &Path| confined.check(text, path);
    assert!(check("in/plain", &export.join("in/plain")).is_ok());
    assert!(check("in/harmless", &export.join("in/harmless")).is_ok());
    assert!(check("in/missing", &export.join("in/missing")).is_ok());
    for (text, how) in [
        ("in/link", "symbolic link"),
        ("out/secret", "symbolic link"),
    ] {
        let error = check(text, &export.join(text)).unwrap_err().to_string();
        assert!(error.contains(how), "{error}");
    }
    let secret = folder.path().join("secret");
    assert!(
        check("../secret", &secret)
            .unwrap_err()
            .to_string()
            .contains("'..'")
    );
    let absolute = secret.to_str().unwrap();
    assert!(
        check(absolute, &secret)
            .unwrap_err()
            .to_string()
            .contains("an absolute path")
    );
    let looked = [
        "in/plain",
        "in/harmless",
        "in/missing",
        "in/link",
        "out/secret",
        "in",
        "../secret",
    ];
    let paths: Vec<PathBuf> = looked
        .iter()
        .map(|name| export.join(name))
        .chain([secret.clone()])
        .collect();
    let file = |is_symlink| Found::File {
        size: 0,
        is_symlink,
    };
    let outside = Found::Outside;
    // "export/../secret" is not normalised, which only the kernel's walk sees through.
    let expected = [
        file(false),
        file(true),
        Found::Missing,
        outside,
        outside,
        Found::NotAFile,
        outside,
        outside,
    ];
    assert_eq!(confined.inspect(&paths, 1).unwrap(), expected);
    let allowed = Confinement::new(&export, &[folder.path().to_path_buf()]).unwrap();
    assert!(allowed.check("../secret", &secret).is_ok());
}
