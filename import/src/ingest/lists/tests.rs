//! Lists as the programs write them (GNU coreutils 9, b3sum 1, rclone 1.6x, rucio 1.x).

use super::*;

const MD5: &str = "900150983cd24fb0d6963f7d28e17f72";
const SHA256: &str = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

fn all(name: &str, text: &str) -> Result<Vec<Listed>, ListFault> {
    let mut found = Vec::new();
    read(name, text.as_bytes(), &mut |_, listed| {
        found.push(listed);
        Ok(())
    })?;
    Ok(found)
}

fn one(path: &str, size: Option<u64>, sums: &[(Algorithm, &str)]) -> Listed {
    let sums = sums.iter().map(|(a, sum)| (*a, (*sum).to_owned()));
    Listed {
        path: path.to_owned(),
        size,
        sums: sums.collect(),
    }
}

#[test]
fn lines_of_coreutils_are_understood() {
    let text = format!(
        "{SHA256}  a/b c.fits\n{SHA256} *bin.fits\n\n# comment\n\\{SHA256}  new\\nline\\\\\nSHA256 (t(1).fits) = {SHA256}\n\\MD5 (a\\nb) = {MD5}\r\n"
    );
    let sha = [(Algorithm::Sha256, SHA256)];
    let expected = vec![
        one("a/b c.fits", None, &sha),
        one("bin.fits", None, &sha),
        one("new\nline\\", None, &sha),
        one("t(1).fits", None, &sha),
        one("a\nb", None, &[(Algorithm::Md5, MD5)]),
    ];
    assert_eq!(all("SHA256SUMS", &text), Ok(expected));
    // Of checksums with equally many digits the name of the list tells which.
    let text = format!("{SHA256}  a\n");
    for (name, algorithm) in [
        ("B3SUMS", Algorithm::Blake3),
        ("x/tract.b3", Algorithm::Blake3),
        ("list", Algorithm::Sha256),
    ] {
        assert_eq!(
            all(name, &text),
            Ok(vec![one("a", None, &[(algorithm, SHA256)])]),
            "{name}"
        );
    }
    let alone = all("x/image.fits.md5", &format!("{}\n", MD5.to_uppercase()));
    assert_eq!(
        alone,
        Ok(vec![one("image.fits", None, &[(Algorithm::Md5, MD5)])])
    );
}

#[test]
fn lines_of_rclone_are_understood() {
    let md5 = [(Algorithm::Md5, MD5)];
    let text = format!("{MD5}  a.fits\n{:>32}  b.fits\n", "UNSUPPORTED");
    assert_eq!(
        all("x", &text),
        Ok(vec![one("a.fits", None, &md5), one("b.fits", None, &[])])
    );
    let text = format!(
        "2016-06-25 18:55:41;3;{MD5};a.fits\n2016-06-25 18:55:41;-1;;folder/\n2016-06-25 18:55:41;12345678;ERROR;7\n"
    );
    assert_eq!(
        all("x", &text),
        Ok(vec![
            one("a.fits", Some(3), &md5),
            one("7", Some(12_345_678), &[])
        ])
    );
    let json = format!(
        "[\n{{\"Path\":\"d\",\"Name\":\"d\",\"Size\":-1,\"MimeType\":\"inode/directory\",\"IsDir\":true}},\n\
         {{\"Path\":\"d/a.fits\",\"Name\":\"a.fits\",\"Size\":3,\"IsDir\":false,\"Hashes\":{{\"md5\":\"{MD5}\",\"SHA-256\":\"{SHA256}\",\"dropbox\":\"00\"}}}}\n]\n"
    );
    let both = [(Algorithm::Sha256, SHA256), (Algorithm::Md5, MD5)];
    assert_eq!(all("x", &json), Ok(vec![one("d/a.fits", Some(3), &both)]));
}

#[test]
fn lines_of_rucio_are_understood() {
    let adler = [(Algorithm::Adler32, "024d0127")];
    let csv = "user.me:a/b.fits,0E8D...,ad:024d0127,3,None\nuser.me:c.fits,,ad:24d0127,1.2 kB,\n";
    assert_eq!(
        all("x", csv),
        Ok(vec![
            one("a/b.fits", Some(3), &adler),
            one("c.fits", None, &adler)
        ])
    );
    let dump = "RSE\tuser.me\tb.fits\t024d0127\t3\t2026-11-01 10:00:00\t/a/b.fits\t2026-11-01 10:00:00\tA\n";
    assert_eq!(all("x", dump), Ok(vec![one("a/b.fits", Some(3), &adler)]));
}

#[test]
fn lists_are_known_by_their_names() {
    for name in [
        "SHA256SUMS",
        "md5sum",
        "a/MD5SUMS",
        "md5sum.txt",
        "x.fits.sha256",
        "x.b3",
        "sha512sums.txt",
        "tract.md5sum",
        "B2SUMS",
    ] {
        assert!(is_list(name), "{name}");
    }
    for name in [
        "README",
        "x.fits",
        "md5",
        "sums.txt",
        "checksums",
        "SHA256SUMS.asc",
        "sha256",
    ] {
        assert!(!is_list(name), "{name}");
    }
}

#[test]
fn what_is_no_list_is_told_with_its_line() {
    let line = |name, text: &str| all(name, text).unwrap_err().0;
    assert_eq!(line("SHA256SUMS", &format!("{SHA256}  a\n<html>\n")), 2);
    assert_eq!(line("x", "a.fits\n"), 1);
    assert_eq!(line("x", &format!("{MD5}\n")), 1);
    assert_eq!(line("x", "[\n{\"Size\": 1}\n]"), 2);
    assert_eq!(line("x", &"a".repeat(70_000)), 1);
    assert!(read("x", &b"\xff\n"[..], &mut |_, _| Ok(())).is_err());
}

proptest::proptest! {
    #[test]
    fn any_text_is_read_or_refused(text in "[-0-9a-f \\\\*();=,:\\[{\\t\\n]{0,200}") {
        let _ = all("x.md5", &text);
    }

    #[test]
    fn every_name_survives(name in "[^/\\x00]{1,20}") {
        let is_plain = !name.contains(['\\', '\n', '\r']);
        let escaped = name.replace('\\', "\\\\").replace('\n', "\\n").replace('\r', "\\r");
        let line = if is_plain { format!("{MD5}  {name}\n") } else { format!("\\{MD5}  {escaped}\n") };
        proptest::prop_assert_eq!(all("MD5SUMS", &line), Ok(vec![one(&name, None, &[(Algorithm::Md5, MD5)])]));
    }
}
