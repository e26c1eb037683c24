//! Opening files below a folder: what may be read, while others change the folder.

use std::fs;
use std::os::unix::fs::symlink;
use std::os::unix::net::UnixListener;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};

use pantry_datastore::{Confinement, DatastoreError, OpenFile};

fn content(file: &OpenFile) -> Vec<u8> {
    let mut bytes = vec![0; usize::try_from(file.size()).expect("a size in memory")];
    let count = file.read(&mut bytes, 0).expect("bytes");
    bytes.truncate(count);
    bytes
}

#[test]
fn a_file_is_read_in_parts() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a");
    let bytes: Vec<u8> = (0..100_000_u32).flat_map(u32::to_le_bytes).collect();
    fs::write(&path, &bytes).unwrap();
    let file = Confinement::new(folder.path(), &[])
        .unwrap()
        .open(&path)
        .unwrap();
    assert_eq!(file.size(), 400_000);
    let metadata = fs::metadata(&path).unwrap();
    assert_eq!(file.modified(), metadata.modified().unwrap());
    assert_eq!(content(&file), bytes);
    let mut part = [0; 1000];
    assert_eq!(file.read(&mut part, 399_500).unwrap(), 500);
    assert_eq!(part[..500], bytes[399_500..]);
    assert_eq!(file.read(&mut part, 400_000).unwrap(), 0);
    // It was just written, so it is in memory, if the file system tells.
    if let Some(count) = file.read_cached(&mut part, 1234).unwrap() {
        assert!(count > 0);
        assert_eq!(part[..count], bytes[1234..1234 + count]);
        assert_eq!(file.read_cached(&mut part, 400_000).unwrap(), Some(0));
    }
    file.wanted_soon(0, u64::MAX);
}

#[test]
fn only_files_are_opened() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    fs::create_dir(path("folder")).unwrap();
    let _socket = UnixListener::bind(path("socket")).unwrap();
    let made = std::process::Command::new("mkfifo")
        .arg(path("pipe"))
        .status();
    assert!(made.unwrap().success());
    symlink("pipe", path("to-pipe")).unwrap();
    let confinement = Confinement::new(folder.path(), &["/dev".into()]).unwrap();
    let open = |path: &Path| confinement.open(path).map(|file| file.size());
    for name in ["folder", "socket", "pipe", "to-pipe"] {
        let opened = open(&path(name));
        assert!(
            matches!(opened, Err(DatastoreError::NotAFile { .. })),
            "{name}: {opened:?}"
        );
    }
    let device = open(Path::new("/dev/zero"));
    assert!(
        matches!(device, Err(DatastoreError::NotAFile { .. })),
        "{device:?}"
    );
    for name in ["none", "folder/none", "socket/none", &"x".repeat(300)] {
        let opened = open(&path(name));
        assert!(
            matches!(opened, Err(DatastoreError::Missing { .. })),
            "{name}: {opened:?}"
        );
    }
}

/// Somebody exchanges a file, and a folder above it, for links that lead outside, again and again.
#[test]
fn links_that_change_meanwhile_lead_nowhere() {
    let scratch = tempfile::tempdir().unwrap();
    let path = |name: &str| scratch.path().join(name);
    for (folder, text) in [("root/good", "good"), ("outside", "secret")] {
        fs::create_dir_all(path(folder)).unwrap();
        fs::write(path(folder).join("file"), text).unwrap();
    }
    symlink("good", path("root/folder")).unwrap();
    symlink(path("root/good/file"), path("root/file")).unwrap();
    let confinement = Confinement::new(&path("root"), &[]).unwrap();
    let is_over = AtomicBool::new(false);
    let exchange = |name: &str, targets: [&Path; 2]| {
        let new = path(&format!("{}-new", name.replace('/', "-")));
        while !is_over.load(Ordering::Relaxed) {
            for target in targets {
                symlink(target, &new).unwrap();
                fs::rename(&new, path(name)).unwrap();
            }
        }
    };
    let (outside, good) = (path("outside"), path("root/good"));
    let (secret, file) = (path("outside/file"), path("root/good/file"));
    let (mut opened, mut refused) = (0, 0);
    std::thread::scope(|scope| {
        scope.spawn(|| exchange("root/folder", [&outside, &good]));
        scope.spawn(|| exchange("root/file", [&secret, &file]));
        for turn in 0..2_000_000 {
            if turn >= 20_000 && opened > 0 && refused > 0 {
                break;
            }
            let name = ["root/folder/file", "root/file"][turn % 2];
            match confinement.open(&path(name)) {
                Ok(file) => {
                    opened += 1;
                    let content = content(&file);
                    if content != b"good" {
                        is_over.store(true, Ordering::Relaxed);
                    }
                    assert_eq!(content, b"good");
                }
                Err(DatastoreError::Escapes { .. }) => refused += 1,
                Err(other) => {
                    is_over.store(true, Ordering::Relaxed);
                    panic!("{other}");
                }
            }
        }
        is_over.store(true, Ordering::Relaxed);
    });
    assert!(
        opened > 0 && refused > 0,
        "{opened} opened, {refused} refused"
    );
}
