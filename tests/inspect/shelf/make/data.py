"""Databases, arrays, catalogs and files of Git."""

import os
import shutil
import struct
import subprocess

from tools import Missing, change, cut, file, module, path, read, run, write


def sqlite():
    import sqlite3

    for encoding in ("UTF-8", "UTF-16le"):
        database = sqlite3.connect(path(f"{encoding}.sqlite"))
        database.execute(f"pragma encoding='{encoding}'")
        database.execute("pragma user_version=7")
        database.execute("create table t(a integer, b text)")
        database.execute("create index i on t(b)")
        database.execute("insert into t values(1, 'x')")
        database.commit()
        database.close()
    database = sqlite3.connect(path("UTF-8.sqlite"))
    pages = database.execute("pragma page_count").fetchone()[0]
    size = database.execute("pragma page_size").fetchone()[0]
    rows = database.execute("select type, name, rootpage, sql from sqlite_schema").fetchall()
    database.close()
    values = {"pages": pages, "page_size": size, "user_version": 7, "page.cells_n": len(rows)}
    for i, row in enumerate(rows):
        for j, column in ((0, 0), (1, 1), (3, 2), (4, 3)):
            values[f"page.cells[{i}].record.values[{j}].value"] = row[column]
    return [file("UTF-8.sqlite", values), file("UTF-16le.sqlite", {"encoding": 2, "page.cells[0].record.values[1].value": "t"})], [
        change(100, b"\x63", "no page of a B-tree is of this kind"), change(0, b"X", "expected")]


def msgpack():
    packb = module("msgpack").packb
    write("a.msgpack", packb({"a": [1, -1, 300, -70000, 1.5, None, True, b"xx"], "b": {"c": 2**40}}) + packb("text"))
    return [file("a.msgpack", {"values[0].map[0].key.value": "a", "values[0].map[0].value.array[3].value": -70000,
                               "values[0].map[0].value.array[4].value": 1.5, "values[0].map[1].value.map[0].value.value": 2**40,
                               "values[1].value": "text"})], [cut(5, "needs")]


def cbor():
    dumps = module("cbor2").dumps
    write("a.cbor", dumps({"a": [1, -5, 2.5, None, True, b"xy", "tx"], "t": {"k": 2**40}}))
    item = "values[0].map[0].value.array"
    return [file("a.cbor", {f"{item}[0].value": 1, f"{item}[1].value": -5, f"{item}[2].value": 2.5, f"{item}[6].value": "tx",
                            "values[0].map[1].value.map[0].value.value": 2**40})], [change(0, b"\xbc", "are reserved"), cut(9, "needs")]


def bson():
    encode = module("bson").encode
    write("a.bson", encode({"n": -7, "s": "hi", "d": {"b": True}, "f": 1.5, "l": [2**40]}))
    item = "documents[0].elements.list"
    return [file("a.bson", {f'{item}["n"].value': -7, f'{item}["s"].value': "hi", f'{item}["f"].value': 1.5,
                            f'{item}["d"].value.elements.list["b"].value': True, f'{item}["l"].value.elements.list["0"].value': 2**40})], [
        change(4, b"\x63", "no element of BSON has this type"), cut(20, "needs")]


def npy():
    numpy = module("numpy")
    numpy.save(path("a.npy"), numpy.arange(6, dtype="<i4").reshape(2, 3))
    return [file("a.npy", {"major": 1, "data": {"hex": numpy.arange(6, dtype="<i4").tobytes().hex()}})], [cut(9, "needs")]


def mo():
    write("a.po", b'msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8\\n"\nmsgid "yes"\nmsgstr "ja"\n')
    run("msgfmt", "a.po", "-o", "a.mo")
    return [file("a.mo", {"catalog.n": 2, "catalog.texts[1].text": "yes", "catalog.translations[1].text": "ja"})], [cut(20, "needs")]


def tzif():
    zone = "/usr/share/zoneinfo/Europe/Berlin"
    if not os.path.exists(zone):
        raise Missing(zone)
    shutil.copy(zone, path("Berlin"))
    rule = read("Berlin").rstrip(b"\n").rsplit(b"\n", 1)[1].decode()
    return [file("Berlin", {"rule": rule, "header.magic": "TZif"})], [cut(100, "needs")]


def git(*command):
    settings = {"GIT_AUTHOR_NAME": "a", "GIT_AUTHOR_EMAIL": "a@b", "GIT_COMMITTER_NAME": "a", "GIT_COMMITTER_EMAIL": "a@b", "HOME": os.getcwd()}
    return run("git", *command, env={**os.environ, **settings})


def gitindex():
    git("init", "-q")
    write("one.txt", b"hello")
    git("add", "one.txt")
    shutil.copy(path(".git/index"), path("index"))
    return [file("index", {"version": 2, "entries_n": 1, "entries[0].name": "one.txt", "entries[0].size": 5,
                           "entries[0].id": {"hex": git("hash-object", "one.txt").strip()}})], [change(7, b"\7", "the version of an index"), cut(60, "needs")]


def gitpack():
    git("init", "-q")
    write("one.txt", b"hello")
    git("add", "one.txt")
    git("commit", "-q", "-m", "m")
    git("gc", "-q")
    folder = path(".git/objects/pack")
    for name in os.listdir(folder):
        shutil.copy(os.path.join(folder, name), path("a" + os.path.splitext(name)[1]))
    listed = sorted(line.split() for line in run("git", "verify-pack", "-v", "a.idx").splitlines() if len(line.split()) == 5)
    return [file("a.pack", {"version": 2, "objects_n": 3}),
            file("a.idx", {"n": 3, "ids[0].id": {"hex": listed[0][0]}, "offsets[0]": int(listed[0][4])}, format="gitidx")], [cut(10, "needs")]


def terminfo():
    write("a.ti", b"mine|my terminal,\n\tam, cols#80, bel=^G, clear=\\E[2J,\n")
    run("tic", "-x", "-o", "out", "a.ti")
    shutil.copy(path("out/m/mine"), path("mine"))
    return [file("mine", {"names": "mine|my terminal", "numbers[0]": 80, "flags[1]": 1})], [cut(20, "needs")]


def utmp():
    write("a.txt", b"[7] [01234] [ts/3] [someone ] [pts/3       ] [192.0.2.7           ] [192.0.2.7      ] [2023-11-14T22:13:20,000007+00:00]\n")
    with open(path("a.txt"), "rb") as text, open(path("a.utmp"), "wb") as out:
        program = shutil.which("utmpdump")
        if not program:
            raise Missing("utmpdump")
        subprocess.run([program, "-r"], stdin=text, stdout=out, stderr=subprocess.DEVNULL, check=True)
    return [file("a.utmp", {"records[0].type": 7, "records[0].pid": 1234, "records[0].user": "someone", "records[0].line": "pts/3",
                            "records[0].seconds": 1700000000})], [change(0, b"\x63", "above 9")]


def protobuf():
    struct_pb2 = module("google.protobuf.struct_pb2")
    value = struct_pb2.ListValue()
    value.append(2.5)
    write("a.pb", value.SerializeToString())
    return [file("a.pb", {"fields[0].field": 1, "fields[0].n": 9})], [change(0, b"\x0f", "no wire type"), cut(5, "needs")]


def dbf():
    import datetime

    dbf = module("dbf")
    born = datetime.date(1815, 12, 10)
    rows = [("Ada", 12.5, born, True), ("Bob", -3, None, False)]
    with dbf.Table(path("a.dbf"), "name C(10); n N(6,2); born D; ok L", codepage="cp1252", dbf_type="db3").open(dbf.READ_WRITE) as table:
        for row in rows:
            table.append(row)
        with table[1] as record:
            dbf.delete(record)
    with dbf.Table(path("v.dbf"), "name C(10); i I; d B; y Y; t T", codepage="cp1252", dbf_type="vfp").open(dbf.READ_WRITE) as table:
        table.append(("Ada", -7, 2.5, 12, datetime.datetime(2000, 1, 2, 3, 4, 5)))
    # A Julian day begins at noon: this is the one of the noon of 2000-01-02.
    values = {"columns[4].name": "T", "columns[4].type": "T", "records[0].values[1].value": -7, "records[0].values[2].value": 2.5,
              "records[0].values[3].value": 120000, "records[0].values[4].day": 2451546,
              "records[0].values[4].milliseconds": ((3 * 60 + 4) * 60 + 5) * 1000}
    return [file("a.dbf", {"version": 3, "records_n": 2, "columns[1].name": "N", "columns[1].decimals": 2, "records[0].values[0].value": "Ada       ",
                           "records[0].values[1].value": " 12.50", "records[0].values[2].value": "18151210", "records[0].values[3].value": "T",
                           "records[1].deleted": "*", "records[0].deleted": " "}),
            file("v.dbf", values)], [change(0, b"\x07", "no table of dBASE"), change(10, b"\0\0", "has no bytes"), cut(200, "needs")]


def hdf5():
    h5py = module("h5py")
    for name, version in (("a.h5", "earliest"), ("b.h5", "latest")):
        with h5py.File(path(name), "w", libver=version) as out:
            out["x"] = [1, 2, 3]
    with h5py.File(path("c.h5"), "w", userblock_size=1024) as out:
        out["x"] = [1, 2, 3]
    return [file("c.h5", {"version": 0, "base": 1024}), file("a.h5", {"version": 0, "offset_size": 8, "end": len(read("a.h5"))}), file("b.h5", {"version": 3, "end": len(read("b.h5"))})], [
        change(1032, b"\7", "the version of a superblock")]


def parquet():
    arrow = module("pyarrow")
    size = module("pyarrow.parquet")
    size.write_table(arrow.table({"x": [1, 2, 3]}), path("a.parquet"))
    return [file("a.parquet", {"metadata_size": size.read_metadata(path("a.parquet")).serialized_size})], [change(3, b"x", "expected")]


def arrow():
    ipc = module("pyarrow.ipc")
    table = module("pyarrow").table({"x": [1, 2, 3]})
    with ipc.new_file(path("a.arrow"), table.schema) as out:
        out.write_table(table)
    size = struct.unpack("<I", read("a.arrow")[-10:-6])[0]
    return [file("a.arrow", {"footer_size": size})], [change(3, b"x", "expected")]


def arrow_stream():
    arrow = module("pyarrow")
    ipc = module("pyarrow.ipc")
    table = arrow.table({"x": [1, 2, 3], "s": ["a", None, "ccc"]})
    with ipc.new_stream(path("a.arrows"), table.schema) as out:
        out.write_table(table)
        out.write_table(table)
    messages = list(ipc.MessageReader.open_stream(path("a.arrows")))
    kinds = {"schema": 1, "record batch": 3}
    values = {}
    for index, message in enumerate(messages):
        values[f"messages[{index}].metadata.kind"] = kinds[message.type]
        values[f"messages[{index}].size"] = message.metadata.size
        if message.body is not None and message.body.size:
            values[f"messages[{index}].metadata.body_size"] = message.body.size
    values[f"messages[{len(messages)}].size"] = 0
    return [file("a.arrows", values, named=True)], [change(0, b"x", "expected"), cut(200, "needs")]


def leveldb_log():
    plyvel = module("plyvel")
    database = plyvel.DB(path("db"), create_if_missing=True)
    database.put(b"key", b"value")
    with database.write_batch() as batch:
        batch.put(b"a", b"1")
        batch.delete(b"key")
    # It goes on in the next block.
    database.put(b"long", b"x" * 40000)
    database.close()
    write("a.log", read("db/000003.log"))
    values = {
        "records[0].type": 1,
        "records[0].data.batch.sequence": 1,
        "records[0].data.batch.writes[0].key": "key",
        "records[0].data.batch.writes[0].value": "value",
        "records[1].data.batch.count": 2,
        "records[1].data.batch.writes[1].kind": 0,
        "records[2].type": 2,
        "records[3].type": 4,
    }
    return [file("a.log", values, named=True)], [change(20, b"!", "checksum"), change(6, b"\x09", "type above")]
