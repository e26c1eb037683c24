//! No space left: on the disk of the files, of the registry, of the stage.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use pantry_testkit::{run, skip};

use crate::import_many::many;
use crate::import_setup::{Scratch, complaint, copy_tree, everything, import};
use crate::pantry::command;

/// A small file system of its own, unmounted with this value.
struct SmallDisk(PathBuf);

impl SmallDisk {
    /// `None` where that is not permitted.
    fn mount(path: PathBuf, kibibytes: u64) -> Option<Self> {
        fs::create_dir(&path).unwrap();
        let size = format!("size={kibibytes}k");
        let mut mount = Command::new("mount");
        mount.args(["-t", "tmpfs", "-o", &size, "tmpfs"]).arg(&path);
        (run(&mut mount).code == Some(0)).then_some(Self(path))
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let _ = run(Command::new("umount").arg(&self.0));
    }
}

/// A disk with a new repository that leaves `free` KiB, and an export to import.
fn setting(scratch: &Scratch, free: u64) -> Option<(SmallDisk, PathBuf, PathBuf)> {
    let export = scratch.path("export");
    many(&export, "runs/many");
    let pristine = scratch.empty("pristine");
    let used = fs::metadata(pristine.join("gen3.sqlite3")).unwrap().len() / 1024 + 16;
    let Some(disk) = SmallDisk::mount(scratch.path("disk"), used + free) else {
        skip("mounting a tmpfs is not permitted");
        return None;
    };
    let repo = disk.0.join("repo");
    copy_tree(&pristine, &repo);
    Some((disk, repo, export))
}

#[track_caller]
fn fails_for_space(repo: &Path, export: &Path, mode: &str) {
    let before = (everything(repo), everything(export));
    let said = complaint(&import(repo, export, &["--transfer", mode]));
    assert!(
        said.contains("no space left") || said.contains("full"),
        "{said}"
    );
    assert!(before == (everything(repo), everything(export)), "{said}");
}

#[test]
fn no_space_for_the_files() {
    let scratch = Scratch::new();
    if let Some((_disk, repo, export)) = setting(&scratch, 600) {
        fails_for_space(&repo, &export, "copy");
        fails_for_space(&repo, &export, "move");
    }
}

#[test]
fn no_space_for_the_registry() {
    let scratch = Scratch::new();
    if let Some((_disk, repo, export)) = setting(&scratch, 64) {
        fails_for_space(&repo, &export, "direct");
    }
}

#[test]
fn no_space_for_the_stage() {
    let scratch = Scratch::new();
    let Some((disk, _, export)) = setting(&scratch, 32) else {
        return;
    };
    let repo = scratch.empty("elsewhere");
    let before = (everything(&repo), everything(&export));
    let mut command = command();
    command.arg("import").arg(&repo).arg(&export);
    let said = complaint(&run(command
        .args(["--transfer", "move"])
        .env("TMPDIR", &disk.0)));
    assert!(
        said.contains("full") || said.contains("no space left"),
        "{said}"
    );
    assert!(before == (everything(&repo), everything(&export)), "{said}");
    let stages: Vec<_> = fs::read_dir(&disk.0)
        .unwrap()
        .map(|e| e.unwrap().file_name())
        .collect();
    assert_eq!(stages, ["repo"]);
}

#[test]
fn a_file_larger_than_the_limit() {
    let scratch = Scratch::new();
    let (repo, export) = (scratch.empty("repo"), scratch.path("export"));
    many(&export, "runs/many");
    fs::write(export.join("data/299.yaml"), vec![b'x'; 12 << 20]).unwrap();
    let before = (everything(&repo), everything(&export));
    let mut shell = Command::new("bash");
    shell.args(["-c", "trap '' XFSZ; ulimit -f 8192; exec \"$@\"", "bash"]);
    shell
        .arg(command().get_program())
        .arg("import")
        .arg(&repo)
        .arg(&export);
    let said = complaint(&run(shell.args(["--transfer", "copy"])));
    assert!(said.contains("299") && said.contains("too large"), "{said}");
    assert!(before == (everything(&repo), everything(&export)), "{said}");
}
