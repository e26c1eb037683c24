"""Archives as Python's zipfile makes them, in the folder of the argument; prints what is in them, bytes as hex."""

import io
import json
import os
import sys
import zipfile

folder = sys.argv[1]
said = {}


def made(name, write, **options):
    path = os.path.join(folder, name)
    with zipfile.ZipFile(path, "w", **options) as archive:
        write(archive)
    return path


def noise(size):
    return bytes((i * i * 31 + (i >> 3) * 7) % 251 for i in range(size))


def some(archive):
    archive.writestr("empty", b"")
    archive.writestr("a/b c.txt", b"text " * 40000, compress_type=zipfile.ZIP_DEFLATED)
    archive.writestr("a/é.bin", noise(300000), compress_type=zipfile.ZIP_STORED)
    archive.writestr("#%41+.bin", noise(77), compress_type=zipfile.ZIP_DEFLATED)


def folders(archive):
    archive.writestr("d/", b"")
    archive.writestr("d/x", b"x")
    archive.writestr("same", b"first")
    archive.writestr("same", b"second")


def wide(archive):
    with archive.open(zipfile.ZipInfo("wide"), "w", force_zip64=True) as member:
        member.write(noise(1000))


def many(archive):
    for i in range(66000):
        archive.writestr(f"m/{i}", b"")


made("some.zip", some)
made("none.zip", lambda archive: None)
made("folders.zip", folders)
made("wide.zip", wide)
made("many.zip", many)
# A comment that looks like an end, and a program before the archive.
commented = made("comment.zip", some)
with zipfile.ZipFile(commented, "a") as archive:
    archive.comment = b"PK\x05\x06" + b"\0" * 40 + b"!"
with open(os.path.join(folder, "prefixed.zip"), "wb") as out:
    out.write(b"#!/bin/sh\n" + noise(5000))
    with open(os.path.join(folder, "some.zip"), "rb") as other:
        out.write(other.read())


class Pipe(io.RawIOBase):
    """Cannot go back, so sizes follow the members."""

    def __init__(self, out):
        self.out = out

    def writable(self):
        return True

    def write(self, data):
        return self.out.write(data)


with open(os.path.join(folder, "piped.zip"), "wb") as out, zipfile.ZipFile(Pipe(out), "w") as archive:
    some(archive)
# A name that is not marked as UTF-8 is in code page 437.
path = made("page.zip", lambda archive: archive.writestr("nXme", b"n"))
with open(path, "rb") as archive:
    data = archive.read().replace(b"nXme", b"n\x81me")
with open(path, "wb") as archive:
    archive.write(data)

for name in sorted(os.listdir(folder)):
    with zipfile.ZipFile(os.path.join(folder, name)) as archive:
        members = {}
        for member in archive.namelist():
            if not member.endswith("/") and (name != "many.zip" or member.endswith("123")):
                members[member] = archive.read(member).hex()
        said[name] = members
print(json.dumps(said))
