"""Archives and packages."""

import os
import re
import shutil
import struct
import zipfile
import zlib

from tools import change, cut, file, module, path, read, run, write


def zip_():
    with zipfile.ZipFile(path("a.zip"), "w", zipfile.ZIP_DEFLATED) as out:
        out.writestr(zipfile.ZipInfo("n\u00e4me.txt", (2001, 2, 3, 4, 5, 6)), "text" * 100, zipfile.ZIP_DEFLATED)
        out.writestr("stored", b"0123456789", zipfile.ZIP_STORED)
        out.writestr("bzip2", b"bzip" * 50, zipfile.ZIP_BZIP2)
        out.writestr("lzma", b"lzma" * 50, zipfile.ZIP_LZMA)
        out.comment = b"a comment"
    with zipfile.ZipFile(path("wide.zip"), "w") as out:
        with out.open(zipfile.ZipInfo("wide"), "w", force_zip64=True) as member:
            member.write(b"abc")
    write("behind.zip", b"#!/bin/sh\n" * 10 + read("wide.zip"))
    write("empty.zip", b"PK\5\6" + bytes(18))
    first = zipfile.ZipFile(path("a.zip")).infolist()[0]
    files = [file("a.zip", {"entries": 4, "end.comment": "a comment", "members[0].name": first.filename,
                            "members[0].size": first.file_size, "members[0].packed_size": first.compress_size,
                            "members[0].crc": first.CRC, "members[0].method": 8, 'members["stored"].local.data': "0123456789"},
                  contents={"members[0].local.data.content": b"text" * 100, 'members["bzip2"].local.data.content': b"bzip" * 50}),
             file("wide.zip", {"members[0].size": 3, "members[0].local.data": "abc"}),
             file("behind.zip", {"base": 100, "members[0].name": "wide"}), file("empty.zip", {"entries": 0})]
    if shutil.which("zip"):
        write("b.txt", b"hello" * 9)
        run("zip", "-q", "info.zip", "b.txt")
        listed = run("unzip", "-v", "info.zip") if shutil.which("unzip") else ""
        crc = re.search(r"([0-9a-f]{8})  b\.txt", listed)
        files.append(file("info.zip", {"members[0].name": "b.txt", **({"members[0].crc": int(crc[1], 16)} if crc else {})}))
    data = read("a.zip")
    deflated = data.index(b"PK\1\2") + 16
    return files, [change(data.index(b"0123456789"), b"9", "checksum"), cut(60, "no end record"),
                   # The checksum of what a deflated member holds, in the directory; and its stream.
                   change(deflated, bytes([data[deflated] ^ 1]), "checksum"),
                   change(30 + len("n\u00e4me.txt".encode()), b"\xff", "deflate")]


def ar():
    write("a.c", b"int a;")
    run("cc", "-c", "a.c", "-o", "a.o")
    run("ar", "rc", "a.a", "a.o")
    return [file("a.a", {"members[-1].name": "a.o/            ", "members[-1].size": len(read("a.o"))})], [cut(100, "needs"), change(66, b"!", "expected")]


def ar_thin():
    write("a.c", b"int a;")
    run("cc", "-c", "a.c", "-o", "a.o")
    run("ar", "rcT", "a.a", "a.o")
    return [file("a.a", {"members[0].name": "/               ", "members[1].size": 6, "members[-1].size": len(read("a.o"))},
                 contents={"members[1].data": b"a.o/\n\n"})], [cut(100, "needs"), change(66, b"!", "expected")]


def deb():
    os.makedirs(path("d/DEBIAN"))
    write("d/DEBIAN/control", b"Package: a\nVersion: 1\nArchitecture: all\nMaintainer: a <a@b>\nDescription: x\n")
    run("dpkg-deb", "-b", "d", "a.deb")
    return [file("a.deb", {"members[0].data": {"hex": b"2.0\n".hex()}, "members[0].size": 4})], [cut(100, "needs")]


def bsd(kind, name):
    write("one.txt", b"hello")
    os.utime(path("one.txt"), (1600000000, 1600000000))
    run("bsdtar", "--format", kind, "-cf", name, "one.txt")


def cab():
    archive = module("cabarchive").CabArchive()
    archive["one.txt"] = module("cabarchive").CabFile(b"hello " * 20)
    archive["two.txt"] = module("cabarchive").CabFile(b"two")
    write("a.cab", archive.save(compress=True))
    write("b.cab", archive.save())
    return [file("a.cab", {"size": len(read("a.cab")), "files_n": 2, 'files["one.txt"].size': 120, 'files["two.txt"].at': 120,
                           "folders[0].type.compression": 1, "folders[0].blocks[0].size": 123}),
            file("b.cab", {"folders[0].type.compression": 0}, contents={"folders[0].blocks[0].data": b"hello " * 20 + b"two"})], [
        cut(50, "needs"), change(0, b"N", "expected")]


def cpio():
    bsd("newc", "a.cpio")
    bsd("odc", "b.cpio")
    return [file(name, {'members["one.txt"].data': "hello"}) for name in ("a.cpio", "b.cpio")], [cut(100, "needs"), change(0, b"x", "no member of a cpio archive")]


def cpio_binary():
    bsd("bin", "a.cpio")
    swapped = bytearray(read("a.cpio"))
    # The numbers of the two members with the other byte of each first.
    at = 0
    while swapped[at:at + 2] == b"\xc7\x71":
        sizes = struct.unpack_from("<3H", swapped, at + 20)
        for i in range(at, at + 26, 2):
            swapped[i:i + 2] = swapped[i:i + 2][::-1]
        data = sizes[1] << 16 | sizes[2]
        at += 26 + sizes[0] + sizes[0] % 2 + data + data % 2
    write("b.cpio", swapped)
    values = {"members[0].header.name": "one.txt", "members[0].header.size": 5, "members[0].data": "hello",
              "members[0].header.modified": 1600000000}
    return [file(name, values) for name in ("a.cpio", "b.cpio")], [cut(20, "needs"), change(0, b"x", "no member of a cpio archive")]


def sevenzip():
    bsd("7zip", "a.7z")
    return [file("a.7z", {"major": 0, "next_size": struct.unpack("<Q", read("a.7z")[20:28])[0]})], [change(40, b"", "checksum", end=True), cut(30, "needs")]


def iso():
    bsd("iso9660", "a.iso")
    return [file("a.iso", {"descriptors[0].type": 1, "root.records[2].record.name": "ONE.TXT;1", "root.records[2].record.size": 5})], [cut(0x8900, "needs")]


def rpm():
    os.makedirs(path("b"))
    write("a.spec", b"Name: thing\nVersion: 1.5\nRelease: 2\nSummary: A thing\nLicense: MIT\nBuildArch: noarch\n%description\nText.\n%files\n")
    run("rpmbuild", "-bb", "--define", f"_topdir {os.getcwd()}/b", "--define", "_buildhost here", "a.spec")
    shutil.copy(path("b/RPMS/noarch/thing-1.5-2.noarch.rpm"), path("a.rpm"))
    data = read("a.rpm")
    values = {"name": "thing-1.5-2", "type": 0}
    # The places of the entries, by their tags.
    at = data.index(b"\x8e\xad\xe8", 200)
    for i in range(struct.unpack(">I", data[at + 8:at + 12])[0]):
        tag = struct.unpack(">I", data[at + 16 + i * 16:at + 20 + i * 16])[0]
        if tag in (1000, 1001):
            values[f"header.entries[{i}].text"] = run("rpm", "-qp", "--qf", {1000: "%{name}", 1001: "%{version}"}[tag], "a.rpm")
    return [file("a.rpm", values)], [cut(50, "needs"), change(96, b"x", "expected")]


def xar():
    bsd("xar", "a.xar")
    data = read("a.xar")
    packed, = struct.unpack(">Q", data[8:16])
    table = zlib.decompress(data[28:28 + packed])
    assert b"one.txt" in table
    return [file("a.xar", {"checksum": 1, "table_size": len(table)}, contents={"table.content": table})], [
        cut(50, "needs"), change(0, b"X", "expected")]


def lzma():
    import lzma as library
    write("a.lzma", library.compress(b"hello" * 99, format=library.FORMAT_ALONE, filters=[
        {"id": library.FILTER_LZMA1, "lc": 2, "lp": 1, "pb": 0, "dict_size": 1 << 16}]))
    return [file("a.lzma", {"literal_context_bits": 2, "literal_position_bits": 1, "position_bits": 0, "dictionary_size": 1 << 16,
                            "size": -1})], [cut(9, "needs"), change(0, b"\xe1", "properties")]
