"""Files of each format by real programs, and what these or other programs say of them.

Called with the name of a format and a folder. Prints JSON: a list of files with the values that fields must
have; `broken`, changes to the first file with a word of the problem that they must become; or `missing`, what
isn't there to make the files.
"""

import io
import json
import os
import re
import shutil
import struct
import subprocess
import sys
import wave
import zipfile

FOLDER = ""


class Missing(Exception):
    pass


def path(name):
    return os.path.join(FOLDER, name)


def read(name):
    with open(path(name), "rb") as file:
        return file.read()


def write(name, data):
    with open(path(name), "wb") as file:
        file.write(data)


def run(*command, **more):
    program = shutil.which(command[0]) or shutil.which(command[0], path="/usr/sbin:/sbin")
    if not program:
        raise Missing(command[0])
    done = subprocess.run([program, *command[1:]], capture_output=True, cwd=FOLDER, **more)
    if done.returncode:
        raise RuntimeError(f"{command}: {done.stderr.decode(errors='replace')}")
    return done.stdout.decode(errors="replace")


def module(name):
    try:
        return __import__(name, fromlist=["_"])
    except ImportError as error:
        raise Missing(f"the Python module {name}") from error


def ffmpeg(*arguments):
    program = shutil.which("ffmpeg") or module("imageio_ffmpeg").get_ffmpeg_exe()
    run(program, "-loglevel", "error", "-y", *arguments)


def picture(mode="RGB", size=(31, 17)):
    image = module("PIL.Image").new(mode, size)
    image.putdata([(i % 256 if mode in "LP" else (i % 256, i // 3 % 256, 7)) for i in range(size[0] * size[1])])
    return image


def png():
    images = module("PIL.PngImagePlugin")
    image = picture("P")
    image.putpalette([i // 3 for i in range(768)])
    text = images.PngInfo()
    text.add_text("Title", "a title")
    text.add_itxt("Author", "n\u00e4me", lang="de")
    image.save(path("p.png"), pnginfo=text, dpi=(72, 72))
    picture("RGB").save(path("rgb.png"))
    picture("L", (5, 9)).save(path("gray.png"), transparency=3)
    back = module("PIL.Image").open(path("p.png"))
    return [
        file("p.png", {
            'chunks["IHDR"].data.width': back.width,
            'chunks["IHDR"].data.height': back.height,
            'chunks["IHDR"].data.color_type': 3,
            'chunks["tEXt"].data.text': back.text["Title"],
            'chunks["iTXt"].data.text': str(back.text["Author"]),
            'chunks["iTXt"].data.language': "de",
            'chunks["pHYs"].data.x': round(72 / 0.0254),
            'chunks["PLTE"].data.colors[200].green': back.getpalette()[601],
        }),
        file("rgb.png", {'chunks["IHDR"].data.color_type': 2}),
        file("gray.png", {'chunks["tRNS"].data.gray': 3}),
    ], [change(17, b"\1", "checksum"), cut(40, "needs")]


def gif():
    frames = [picture("P") for _ in range(3)]
    for i, frame in enumerate(frames):
        frame.putpalette([(j + i) % 256 for j in range(768)])
    frames[0].save(path("a.gif"), save_all=True, append_images=frames[1:], duration=70, loop=0, comment=b"hi")
    back = module("PIL.Image").open(path("a.gif"))
    size = len(read("a.gif"))
    return [file("a.gif", {"width": back.width, "height": back.height, "blocks[-1].kind": 0x3B,
                           "blocks[0].application": "NETSCAPE"})], [
        change(size - 1, b"\x55", "no block of a GIF begins with this byte"), cut(size - 3, "needs")]


def jpeg():
    image = picture()
    exif = module("PIL.Image").Exif()
    exif[0x010F] = "a maker"
    exif[0x0112] = 6
    image.save(path("a.jpg"), exif=exif, dpi=(300, 300), comment=b"a comment")
    back = module("PIL.Image").open(path("a.jpg"))
    # Where the segments are, by their markers.
    data, at, where = read("a.jpg"), 2, {}
    index = 0
    while 0xDA not in where:
        where[data[at + 1]] = f"segments[{index}].data"
        index += 1
        at += 2 + struct.unpack(">H", data[at + 2:at + 4])[0]
    maker = back.getexif()[0x010F]
    return [file("a.jpg", {
        f"{where[0xC0]}.width": back.width,
        f"{where[0xC0]}.height": back.height,
        f"{where[0xE0]}.app.x_density": 300,
        f"{where[0xE1]}.app.exif.body.directories[0].entries[0].values.text": maker,
        f"{where[0xFE]}.comment": back.info["comment"].decode(),
    })], [change(2, b"\0", "expected 255"), cut(30, "needs")]


def tiff():
    tags = module("PIL.TiffImagePlugin").ImageFileDirectory_v2()
    tags[270] = "a description, longer"
    picture().save(path("a.tif"), tiffinfo=tags)
    picture().save(path("big.tif"), big_tiff=True)
    back = module("PIL.Image").open(path("a.tif"))
    values = {"order": "II", "body.version": 42}
    for i, tag in enumerate(sorted(back.tag_v2)):
        values[f"body.directories[0].entries[{i}].tag"] = tag
        if tag in (256, 257, 273):
            value = back.tag_v2[tag]
            value = value if isinstance(value, int) else value[0]
            values[f"body.directories[0].entries[{i}].values.numbers[0]"] = value
        if tag == 270:
            values[f"body.directories[0].entries[{i}].values.text"] = back.tag_v2[tag]
    return [file("a.tif", values), file("big.tif", {"body.version": 43})], [
        change(2, b"\7", "the version of a TIFF file is 42 or 43"), cut(6, "needs")]


def webp():
    picture().save(path("a.webp"))
    picture().save(path("b.webp"), lossless=True)
    return [file("a.webp", {"chunks[0].data.horizontal.width": 31, "chunks[0].data.vertical.height": 17}),
            file("b.webp", {"chunks[0].data.header.width_less_one": 30, "chunks[0].data.header.height_less_one": 16}),
            ], [change(8, b"WEBQ", "expected")]


def icc():
    profile = module("PIL.ImageCms").createProfile("sRGB")
    data = module("PIL.ImageCms").ImageCmsProfile(profile).tobytes()
    write("a.icc", data)
    return [file("a.icc", {"size": len(data), "class": "mntr", "color_space": "RGB ", "tags_n": struct.unpack(">I", data[128:132])[0]})], [
        cut(200, "the file ends at")]


def qoi():
    picture().save(path("a.qoi"))
    return [file("a.qoi", {"width": 31, "height": 17, "channels": 3})], [change(40, b"", "expected", end=True)]


def tga():
    picture().save(path("a.tga"))
    return [file("a.tga", {"width": 31, "height": 17, "bits": 24, "kind": 2})], [cut(10, "needs")]


def pcx():
    picture().save(path("a.pcx"))
    image = picture("P")
    image.putpalette([i // 3 for i in range(768)])
    image.save(path("p.pcx"))
    return [file("a.pcx", {"xmax": 30, "ymax": 16, "planes": 3}),
            file("p.pcx", {"xmax": 30, "palette256[200].red": 200})], [change(3, b"\7", ""), cut(60, "needs")][1:]


def dds():
    picture("RGB", (16, 8)).save(path("a.dds"))
    return [file("a.dds", {"width": 16, "height": 8, "pixel_format.bits": 24})], [change(76, b"\1", "expected 32")]


def farbfeld():
    # No program at hand writes one: pixels of Pillow under a header as farbfeld(5) has it.
    pixels = picture("RGB").convert("RGBA").tobytes()
    write("a.ff", b"farbfeld" + struct.pack(">II", 31, 17) + b"".join(bytes([c, c]) for c in pixels))
    return [file("a.ff", {"width": 31, "height": 17})], [cut(100, "needs")]


def psd():
    picture().save(path("a.ppm"))
    run("convert", "a.ppm", "-compress", "none", "psd:a.psd")
    return [file("a.psd", {"width": 31, "height": 17, "channels": 3, "color_mode": 3})], [cut(20, "needs")]


def sound(name, **parameters):
    ffmpeg("-f", "lavfi", "-i", "sine=duration=0.5:sample_rate=44100", "-metadata", "title=A tone", "-ac", "2", path(name))


def film(name, *more):
    ffmpeg("-f", "lavfi", "-i", "testsrc=size=64x48:rate=10:duration=1", "-f", "lavfi", "-i", "sine=duration=1", *more, path(name))


def wav():
    with wave.open(path("a.wav"), "wb") as out:
        out.setnchannels(2)
        out.setsampwidth(2)
        out.setframerate(44100)
        out.writeframes(bytes(range(8)))
    return [file("a.wav", {'chunks["fmt "].data.channels': 2, 'chunks["fmt "].data.sample_rate': 44100,
                           'chunks["fmt "].data.bits_per_sample': 16, 'chunks["data"].size': 8})], [
        change(8, b"WAVX", "expected"), cut(30, "needs")]


def avi():
    film("a.avi", "-c:v", "mjpeg", "-c:a", "pcm_s16le")
    return [file("a.avi", {"parts[0].chunks[0].data.chunks[0].data.width": 64,
                           "parts[0].chunks[0].data.chunks[0].data.height": 48,
                           "parts[0].chunks[0].data.chunks[0].data.streams": 2,
                           "parts[0].chunks[0].data.chunks[0].data.microseconds_per_frame": 100000})], [cut(500, "needs")]


def aiff():
    sound("a.aiff")
    return [file("a.aiff", {'chunks["COMM"].data.channels': 2, 'chunks["COMM"].data.frames': 22050,
                            'chunks["COMM"].data.bits': 16})], [cut(30, "needs")]


def au():
    sound("a.au")
    return [file("a.au", {"sample_rate": 44100, "channels": 2, "encoding": 3})], [cut(20, "needs")]


def midi():
    mido = module("mido")
    out = mido.MidiFile(ticks_per_beat=96)
    track = mido.MidiTrack()
    out.tracks.append(track)
    track.append(mido.MetaMessage("track_name", name="lead", time=0))
    track.append(mido.MetaMessage("set_tempo", tempo=500000, time=0))
    track.append(mido.Message("note_on", note=60, velocity=64, time=0))
    track.append(mido.Message("note_on", note=64, velocity=65, time=200))
    track.append(mido.Message("note_off", note=60, velocity=0, time=96))
    out.save(path("a.mid"))
    events = "chunks[0].data.events"
    return [file("a.mid", {"header.division": 96, "header.tracks_n": 1, f"{events}[0].data.text": "lead",
                           f"{events}[1].data.microseconds": 500000, f"{events}[2].a": 60, f"{events}[3].delta": 200,
                           f"{events}[3].a": 64, f"{events}[3].status": 0x90})], [change(23, b"\xf1", "no event of a MIDI file"), cut(30, "needs")]


def flac():
    sound("a.flac")
    info = module("mutagen.flac").FLAC(path("a.flac"))
    return [file("a.flac", {"blocks[0].data.stream.sample_rate": info.info.sample_rate,
                            "blocks[0].data.stream.samples": info.info.total_samples,
                            "blocks[0].data.stream.channels_less_one": info.info.channels - 1})], [cut(20, "needs")]


def ogg():
    ffmpeg("-f", "lavfi", "-i", "sine=duration=0.5:sample_rate=44100", "-c:a", "libvorbis", "-ac", "2", path("a.ogg"))
    info = module("mutagen.oggvorbis").OggVorbis(path("a.ogg"))
    return [file("a.ogg", {"pages[0].data.channels": info.info.channels, "pages[0].data.sample_rate": info.info.sample_rate,
                           "pages[0].serial": info.info.serial})], [cut(40, "needs")]


def mp3():
    sound("a.mp3")
    tags = module("mutagen.id3").ID3(path("a.mp3"))
    return [file("a.mp3", {"id3.major": tags.version[1], "id3.body.frames[0].id": "TIT2",
                           "id3.body.frames[0].data.text": str(tags["TIT2"]), "frame.layer": 1})], [cut(12, "needs")]


def mp4():
    film("a.mp4", "-metadata", "title=A film")
    moov = 'boxes["moov"].body.boxes'
    return [file("a.mp4", {'boxes["ftyp"].body.brand': "isom",
                           f'{moov}["mvhd"].body.times.duration': 1000,
                           # The film's track comes first; fixed-point numbers of 16 bits after the point.
                           f'{moov}["trak"].body.boxes["tkhd"].body.width': 64 << 16,
                           f'{moov}["udta"].body.boxes["meta"].body.boxes["hdlr"].body.handler': "mdir"})], [cut(16, "needs")]


def ebml():
    film("a.mkv", "-c:v", "mpeg4", "-c:a", "flac")
    values = {"elements[0].id": 0x1A45DFA3, "elements[1].id": 0x18538067}
    for i, text in ((4, "matroska"),):
        values[f"elements[0].data.elements[{i}].data.text"] = text
    return [file("a.mkv", values)], [cut(100, "needs"), change(0, b"\0", "an element has four bytes at most")]


def zip_():
    with zipfile.ZipFile(path("a.zip"), "w", zipfile.ZIP_DEFLATED) as out:
        out.writestr(zipfile.ZipInfo("n\u00e4me.txt", (2001, 2, 3, 4, 5, 6)), "text" * 100, zipfile.ZIP_DEFLATED)
        out.writestr("stored", b"0123456789", zipfile.ZIP_STORED)
        out.comment = b"a comment"
    with zipfile.ZipFile(path("wide.zip"), "w") as out:
        with out.open(zipfile.ZipInfo("wide"), "w", force_zip64=True) as member:
            member.write(b"abc")
    write("behind.zip", b"#!/bin/sh\n" * 10 + read("wide.zip"))
    write("empty.zip", b"PK\5\6" + bytes(18))
    first = zipfile.ZipFile(path("a.zip")).infolist()[0]
    files = [file("a.zip", {"entries": 2, "end.comment": "a comment", "members[0].name": first.filename,
                            "members[0].size": first.file_size, "members[0].packed_size": first.compress_size,
                            "members[0].crc": first.CRC, "members[0].method": 8, 'members["stored"].local.data': "0123456789"}),
             file("wide.zip", {"members[0].size": 3, "members[0].local.data": "abc"}),
             file("behind.zip", {"base": 100, "members[0].name": "wide"}), file("empty.zip", {"entries": 0})]
    if shutil.which("zip"):
        write("b.txt", b"hello" * 9)
        run("zip", "-q", "info.zip", "b.txt")
        listed = run("unzip", "-v", "info.zip") if shutil.which("unzip") else ""
        crc = re.search(r"([0-9a-f]{8})  b\.txt", listed)
        files.append(file("info.zip", {"members[0].name": "b.txt", **({"members[0].crc": int(crc[1], 16)} if crc else {})}))
    return files, [change(read("a.zip").index(b"0123456789"), b"9", "checksum"), cut(60, "no end record")]


def elf():
    write("a.c", b"int add(int a) { return a + 1; } int main(void) { return add(2); }")
    run("cc", "a.c", "-o", "a.elf")
    run("cc", "-c", "a.c", "-o", "a.o")
    files = []
    for name in ("a.elf", "a.o"):
        header = run("readelf", "-hW", name)
        sections = re.findall(r"^ +\[ *(\d+)\] (\S*) +\S+ +([0-9a-f]{8,}) ([0-9a-f]+) ([0-9a-f]+)", run("readelf", "-SW", name), re.M)
        values = {"elf.entry": int(re.search(r"Entry point address: +(\S+)", header)[1], 16),
                  "elf.sections_n": int(re.search(r"Number of section headers: +(\d+)", header)[1]),
                  "elf.programs_n": int(re.search(r"Number of program headers: +(\d+)", header)[1])}
        for index, title, address, offset, size in sections:
            if index != "0" and title != "NOBITS":
                values[f"elf.sections[{index}].name"] = title
                values[f"elf.sections[{index}].address"] = int(address, 16)
                values[f"elf.sections[{index}].offset"] = int(offset, 16)
                values[f"elf.sections[{index}].size"] = int(size, 16)
        files.append(file(name, values))
    # A 32-bit big-endian one: a header alone, as the ABI lays it.
    head = b"\x7fELF\1\2\1" + bytes(9) + struct.pack(">HHIIIIIHHHHHH", 2, 8, 1, 0x400000, 0, 0, 7, 52, 32, 0, 40, 0, 0)
    write("mips.elf", head)
    files.append(file("mips.elf", {"elf.machine": 8, "elf.entry": 0x400000, "elf.flags": 7}))
    return files, [change(5, b"\3", "neither little- nor big-endian"), cut(40, "needs")]


def pe():
    folder = os.path.dirname(module("pip._vendor.distlib").__file__)
    files = []
    for name in ("t64.exe", "w32.exe"):
        if not os.path.exists(os.path.join(folder, name)):
            raise Missing(f"{name} of pip")
        shutil.copy(os.path.join(folder, name), path(name))
        said = run("objdump", "-x", name)
        number = lambda what: int(re.search(rf"^{what}\s+([0-9a-fA-F]+)", said, re.M)[1], 16)
        sections = re.findall(r"^ +\d+ (\S+) +([0-9a-f]{8}) +([0-9a-f]{8,16}) +[0-9a-f]{8,16} +([0-9a-f]{8})", said, re.M)
        base = number("ImageBase")
        values = {"pe.optional.magic": number("Magic"), "pe.optional.image_base": base, "pe.optional.entry": number("AddressOfEntryPoint"),
                  "pe.sections_n": len(sections), "pe.optional.image_size": number("SizeOfImage")}
        for i, (title, _, address, offset) in enumerate(sections):
            values[f"pe.sections[{i}].name"] = title
            values[f"pe.sections[{i}].address"] = int(address, 16) - base
        dlls = re.findall(r"DLL Name: (\S+)", said)
        for i, dll in enumerate(dlls):
            values[f"pe.imports[{i}].name"] = dll
        files.append(file(name, values))
    return files, [change(0x3C, b"\xff\xff\xff\x7f", "the file ends at")]


def macho():
    module("ziglang")
    write("a.c", b"int main(void) { return 0; }")
    run(sys.executable, "-m", "ziglang", "cc", "-target", "x86_64-macos", "a.c", "-o", "a.macho", env={**os.environ, "HOME": FOLDER})
    said = run("objdump", "-h", "a.macho") if "mach-o" in run("objdump", "--info") else ""
    values = {"body.cpu": 0x01000007, "body.file_type": 2}
    if said:
        values["body.commands.list[1].body.sections[0].name"] = "__text"
    return [file("a.macho", values)], [cut(100, "needs")]


def java():
    write("A.java", b'class A { static final long L = 5L; int add(int a) { return a + 1; } }')
    run("javac", "A.java")
    said = run("javap", "-v", "A.class")
    return [file("A.class", {"major": int(re.search(r"major version: (\d+)", said)[1]), "this": "A", 'fields["L"].descriptor': "J",
                             'methods["add"].descriptor': "(I)I", 'methods["add"].attributes["Code"].data.stack':
                             int(re.search(r"int add.*?stack=(\d+)", said, re.S)[1])})], [change(10, b"\x63", "no constant has this tag"), cut(40, "needs")]


def wasm():
    write("a.wat", b'(module (import "env" "f" (func $f (param i32) (result i64))) (memory 1 3) (func (export "add") (param i32 i32) (result i32) local.get 0 local.get 1 i32.add) (data (i32.const 8) "hi"))')
    run("wat2wasm", "a.wat", "-o", "a.wasm")
    said = run("wasm-objdump", "-x", "a.wasm")
    values = {"sections[0].body.types[0].parameters[0]": 0x7F, "sections[1].body.imports[0].module": "env"}
    if "Export[1]" in said:
        values['sections[4].body.exports["add"].index'] = int(re.search(r'func\[(\d+)\] <add> -> "add"', said)[1])
    return [file("a.wasm", values)], [change(9, b"\xff", "needs")]


def pyc():
    import py_compile

    write("m.py", b"x = 1\n")
    py_compile.compile(path("m.py"), path("m.pyc"), doraise=True)
    stat = os.stat(path("m.py"))
    import importlib.util

    return [file("m.pyc", {"version": struct.unpack("<H", importlib.util.MAGIC_NUMBER[:2])[0], "source_size": stat.st_size,
                           "source_time": int(stat.st_mtime)})], [cut(14, "needs")]


def gpt():
    write("a.gpt", bytes(4 << 20))
    run("sgdisk", "-a", "1", "-n", "1:34:200", "-t", "1:ef00", "-c", "1:EFI \u00e4", "-n", "2:201:300", "-t", "2:8300", "a.gpt")
    said = run("sgdisk", "-i", "1", "a.gpt")
    unique = re.search(r"unique GUID: (\S+)", said)[1].lower()
    disk = re.search(r"Disk identifier \(GUID\): (\S+)", run("sgdisk", "-p", "a.gpt"))[1].lower()
    return [file("a.gpt", {"header.disk": disk, "partitions[0].id": unique, "partitions[0].first_lba": 34, "partitions[0].last_lba": 200,
                           "partitions[0].name": "EFI \u00e4", "partitions[1].first_lba": 201, "backup.signature": "EFI PART"})], [
        change(512 + 40, b"\1", "checksum")]


def fat():
    for bits, size in ((12, 2), (16, 20), (32, 40)):
        write(f"{bits}.fat", bytes(size << 20))
        run("mkfs.fat", "-F", str(bits), "-i", "1234abcd", "-n", f"LABEL{bits}", f"{bits}.fat")
    return [file(f"{bits}.fat", {"bits": bits, "serial": 0x1234ABCD, "label": f"LABEL{bits}".ljust(11), "root[0].name": f"LABEL{bits} ",
                                 "root[0].attributes": 8}) for bits in (12, 16, 32)], [change(510, b"\0", "expected")]


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


PACKET = "000000 00 0e b6 00 00 02 00 0e b6 00 00 01 08 00 45 00\n000010 00 28 00 00 00 00 ff 01 37 d1 c0 00 02 01 c0 00\n"


def datagram():
    """A frame of Ethernet with a datagram of UDP."""
    ethernet, ip, datagram = module("dpkt.ethernet"), module("dpkt.ip"), module("dpkt.udp")
    payload = datagram.UDP(sport=1000, dport=53, data=b"hello")
    payload.ulen = len(payload)
    packet = ip.IP(src=bytes([10, 1, 1, 1]), dst=bytes([10, 2, 2, 2]), p=17, data=payload, id=0x1234)
    packet.len = len(packet)
    return bytes(ethernet.Ethernet(src=b"\2\0\0\0\0\1", dst=b"\2\0\0\0\0\2", type=0x800, data=packet))


def ethernet():
    write("a.eth", datagram())
    back = module("dpkt.ethernet").Ethernet(read("a.eth"))
    return [file("a.eth", {"source": "02:00:00:00:00:01", "ipv4.source": "10.1.1.1", "ipv4.checksum": back.data.sum,
                           "ipv4.payload.udp.destination_port": 53, "ipv4.payload.udp.data": "hello"}, named=True)], [cut(30, "needs")]


def tls():
    import ssl

    incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
    client = ssl.create_default_context().wrap_bio(incoming, outgoing, server_hostname="example.com")
    try:
        client.do_handshake()
    except ssl.SSLWantReadError:
        pass
    hello = outgoing.read()
    write("a.tls", hello)
    return [file("a.tls", {"records[0].type": 22, "records[0].size": len(hello) - 5, "records[0].data.kind": 1,
                           "records[0].data.length": len(hello) - 9}, named=True)], [change(0, b"\x63", "no record of TLS"), cut(40, "needs")]


def pcap():
    for name, nano in (("a.pcap", False), ("ns.pcap", True)):
        with open(path(name), "wb") as out:
            writer = module("dpkt.pcap").Writer(out, nano=nano)
            writer.writepkt(datagram(), ts=1700000000.5)
    with open(path("a.pcap"), "rb") as stream:
        (seconds, packet), = module("dpkt.pcap").Reader(stream)
    files = [file("a.pcap", {"capture.link_type": 1, "capture.packets[0].captured": len(packet), "capture.packets[0].seconds": int(seconds),
                             "capture.major": 2}), file("ns.pcap", {"capture.packets[0].fraction": 500000000})]
    if shutil.which("text2pcap"):
        write("a.hex", PACKET.encode())
        run("text2pcap", "-q", "-F", "pcap", "a.hex", "b.pcap")
        files.append(file("b.pcap", {"capture.link_type": 1, "capture.packets[0].captured": 32}))
    return files, [cut(45, "needs")]


def pcapng():
    with open(path("a.pcapng"), "wb") as out:
        module("dpkt.pcapng").Writer(out).writepkt(datagram(), ts=1700000000.5)
    size = len(datagram())
    block = "sections[0].of.blocks[2].body"
    files = [file("a.pcapng", {"sections[0].of.blocks[0].body.major": 1, f"{block}.original": size, f"{block}.captured": size})]
    if shutil.which("text2pcap") and shutil.which("tshark"):
        write("a.hex", PACKET.encode())
        run("text2pcap", "-q", "-F", "pcapng", "a.hex", "b.pcapng")
        said = run("tshark", "-r", "b.pcapng", "-T", "fields", "-e", "frame.len", "-e", "frame.cap_len").split()
        files.append(file("b.pcapng", {f"{block}.original": int(said[0]), f"{block}.captured": int(said[1])}))
    return files, [cut(60, "needs"), change(8, b"\0", "magic of the byte order")]


def dns():
    message = module("dns.message")
    query = message.make_query("example.com", "MX")
    answer = message.make_response(query)
    rrset = module("dns.rrset")
    answer.answer.append(rrset.from_text("example.com.", 300, "IN", "MX", "10 mail.example.com."))
    answer.additional.append(rrset.from_text("mail.example.com.", 60, "IN", "A", "192.0.2.7"))
    write("a.dns", answer.to_wire())
    return [file("a.dns", {"id": answer.id, "flags.response": 1, "questions[0].type": 15, "answers[0].data.preference": 10,
                           "answers[0].ttl": 300, "answers[0].data.exchange.labels[0].text": "mail", "additional[0].data.address": "192.0.2.7"})], [
        change(12, b"\x80", "a label is at most 63")]


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


def nbt():
    nbt = module("nbt.nbt")
    root = nbt.NBTFile()
    root.name = "root"
    root.tags.append(nbt.TAG_Int(name="i", value=-5))
    root.tags.append(nbt.TAG_String(name="s", value="hi"))
    items = nbt.TAG_List(name="l", type=nbt.TAG_Long)
    items.append(nbt.TAG_Long(7))
    root.tags.append(items)
    out = io.BytesIO()
    root.write_file(buffer=out)
    write("a.nbt", out.getvalue())
    return [file("a.nbt", {"name": "root", 'value.entries["i"].value.number': -5, 'value.entries["s"].value.text': "hi",
                           'value.entries["l"].value.items[0].number': 7})], [change(7, b"\x63", "no tag has this type"), cut(12, "needs")]


def font():
    builder = module("fontTools.fontBuilder").FontBuilder(1000, isTTF=True)
    builder.setupGlyphOrder([".notdef", "A"])
    builder.setupCharacterMap({65: "A"})
    pen = module("fontTools.pens.ttGlyphPen").TTGlyphPen(None)
    for place in ((0, 0), (0, 500), (500, 0)):
        (pen.moveTo if place == (0, 0) else pen.lineTo)(place)
    pen.closePath()
    glyph = pen.glyph()
    builder.setupGlyf({".notdef": glyph, "A": glyph})
    builder.setupHorizontalMetrics({".notdef": (600, 0), "A": (600, 0)})
    builder.setupHorizontalHeader(ascent=800, descent=-200)
    builder.setupNameTable({"familyName": "F\u00e4mily", "styleName": "Regular"})
    builder.setupOS2(sTypoAscender=800)
    builder.setupPost()
    builder.save(path("a.ttf"))
    opened = module("fontTools.ttLib").TTFont(path("a.ttf"))
    windows = [i for i, name in enumerate(opened["name"].names) if name.platformID == 3 and name.nameID == 1][0]
    opened.flavor = "woff"
    opened.save(path("a.woff"))
    return [file("a.ttf", {'tables["head"].content.units_per_em': opened["head"].unitsPerEm, 'tables["maxp"].content.glyphs_n': 2,
                           'tables["hhea"].content.descender': -200, f'tables["name"].content.names[{windows}].text': "F\u00e4mily"}),
            file("a.woff", {"tables_n": len(opened.reader.tables)}, format="woff")], [cut(20, "needs")]


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


def ext():
    write("a.ext", bytes(2 << 20))
    run("mkfs.ext4", "-q", "-L", "a label", "-U", "12345678-1234-1234-1234-123456789abc", "a.ext")
    said = run("dumpe2fs", "-h", "a.ext")
    number = lambda what: int(re.search(rf"^{what}:\s+(\d+)", said, re.M)[1])
    return [file("a.ext", {"label": "a label", "uuid": "12345678-1234-1234-1234-123456789abc", "inodes_n": number("Inode count"),
                           "blocks_low": number("Block count"), "free_inodes": number("Free inodes"), "block_size": number("Block size")})], [
        cut(1100, "needs")]


def swap():
    write("a.swap", bytes(64 << 10))
    os.chmod(path("a.swap"), 0o600)
    run("mkswap", "-L", "name", "-U", "12345678-1234-1234-1234-123456789abc", "a.swap")
    return [file("a.swap", {"header.label": "name", "header.uuid": "12345678-1234-1234-1234-123456789abc", "header.last_page": 15})], [
        change(4086, b"X", "no signature of swap space")]


def ar():
    write("a.c", b"int a;")
    run("cc", "-c", "a.c", "-o", "a.o")
    run("ar", "rc", "a.a", "a.o")
    return [file("a.a", {"members[-1].name": "a.o/            ", "members[-1].size": len(read("a.o"))})], [cut(100, "needs"), change(66, b"!", "expected")]


def deb():
    os.makedirs(path("d/DEBIAN"))
    write("d/DEBIAN/control", b"Package: a\nVersion: 1\nArchitecture: all\nMaintainer: a <a@b>\nDescription: x\n")
    run("dpkg-deb", "-b", "d", "a.deb")
    return [file("a.deb", {"members[0].data": {"hex": b"2.0\n".hex()}, "members[0].size": 4})], [cut(100, "needs")]


def bsd(kind, name):
    write("one.txt", b"hello")
    os.utime(path("one.txt"), (1600000000, 1600000000))
    run("bsdtar", "--format", kind, "-cf", name, "one.txt")


def cpio():
    bsd("newc", "a.cpio")
    bsd("odc", "b.cpio")
    return [file(name, {'members["one.txt"].data': "hello"}) for name in ("a.cpio", "b.cpio")], [cut(100, "needs"), change(0, b"x", "no member of a cpio archive")]


def sevenzip():
    bsd("7zip", "a.7z")
    return [file("a.7z", {"major": 0, "next_size": struct.unpack("<Q", read("a.7z")[20:28])[0]})], [change(40, b"", "checksum", end=True), cut(30, "needs")]


def iso():
    bsd("iso9660", "a.iso")
    return [file("a.iso", {"descriptors[0].type": 1, "root.records[2].record.name": "ONE.TXT;1", "root.records[2].record.size": 5})], [cut(0x8900, "needs")]


def qcow2():
    run("qemu-img", "create", "-q", "-f", "qcow2", "a.qcow2", "10M")
    return [file("a.qcow2", {"size": 10 << 20, "version": 3})], [cut(50, "needs")]


def git(*command):
    settings = {"GIT_AUTHOR_NAME": "a", "GIT_AUTHOR_EMAIL": "a@b", "GIT_COMMITTER_NAME": "a", "GIT_COMMITTER_EMAIL": "a@b", "HOME": FOLDER}
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


def mbr():
    write("a.img", bytes(1 << 20))
    run("sfdisk", "-q", "a.img", input="label: dos\nlabel-id: 0x12345678\n1,100,83,*\n200,300,5\n201,20,82\n230,20,b\n".encode())
    said = json.loads(run("sfdisk", "--json", "a.img"))["partitiontable"]
    parts = said["partitions"]
    return [file("a.img", {"disk": int(said["id"], 16), "partitions[0].first_lba": parts[0]["start"], "partitions[0].sectors": parts[0]["size"],
                           "partitions[0].status": 0x80, "partitions[1].type": 5, "logical[0].partitions[0].type": 0x82,
                           "logical[1].partitions[0].sectors": parts[3]["size"]})], [change(446, b"\x11", "the status of a partition")]


def luks():
    write("a.luks", bytes(20 << 20))
    run("cryptsetup", "-q", "luksFormat", "--type", "luks1", "--pbkdf-force-iterations", "1000", "--uuid",
        "12345678-1234-1234-1234-123456789abc", "a.luks", "-", input=b"secret")
    write("b.luks", bytes(20 << 20))
    run("cryptsetup", "-q", "luksFormat", "--type", "luks2", "--pbkdf", "pbkdf2", "--pbkdf-force-iterations", "1000", "--label", "a label", "b.luks",
        "-", input=b"secret")
    said = run("cryptsetup", "luksDump", "a.luks")
    return [file("a.luks", {"version": 1, "uuid": "12345678-1234-1234-1234-123456789abc", "slots[0].state": 0xAC71F3, "slots[1].state": 0xDEAD,
                            "payload_at": int(re.search(r"Payload offset:\s+(\d+)", said)[1])}),
            file("b.luks", {"version": 2, "label": "a label"})], [change(7, b"\7", "the version of LUKS")]


def squashfs():
    os.makedirs(path("d"))
    write("d/one.txt", b"hello")
    run("mksquashfs", "d", "a.squashfs", "-quiet", "-no-progress", "-comp", "xz")
    return [file("a.squashfs", {"compressor": 4, "major": 4, "inodes_n": 2, "block_size": 131072})], [cut(50, "needs")]


def rpm():
    os.makedirs(path("b"))
    write("a.spec", b"Name: thing\nVersion: 1.5\nRelease: 2\nSummary: A thing\nLicense: MIT\nBuildArch: noarch\n%description\nText.\n%files\n")
    run("rpmbuild", "-bb", "--define", f"_topdir {FOLDER}/b", "--define", "_buildhost here", "a.spec")
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


def font_collection():
    font()
    collection = module("fontTools.ttLib").TTCollection()
    opened = module("fontTools.ttLib").TTFont(path("a.ttf"))
    collection.fonts = [opened, opened]
    collection.save(path("a.ttc"))
    return [file("a.ttc", {"fonts_n": 2, 'fonts[1].tables["head"].content.units_per_em': 1000})], [cut(20, "needs")]


def woff2():
    module("brotli")
    font()
    opened = module("fontTools.ttLib").TTFont(path("a.ttf"))
    opened.flavor = "woff2"
    opened.save(path("a.woff2"))
    back = module("fontTools.ttLib").TTFont(path("a.woff2"))
    return [file("a.woff2", {"tables_n": len(back.reader.tables), "flavor": {"hex": "00010000"}})], [cut(50, "needs")]


def box():
    return module("trimesh.creation").box()


def glb():
    write("a.glb", box().export(file_type="glb"))
    text = read("a.glb")[20:20 + struct.unpack("<I", read("a.glb")[12:16])[0]].decode()
    return [file("a.glb", {"version": 2, 'chunks["JSON"].data.json': text})], [cut(30, "needs")]


def stl():
    write("a.stl", box().export(file_type="stl"))
    return [file("a.stl", {"triangles_n": len(box().faces)})], [change(80, b"\x63", "the size of the file")]


def protobuf():
    struct_pb2 = module("google.protobuf.struct_pb2")
    value = struct_pb2.ListValue()
    value.append(2.5)
    write("a.pb", value.SerializeToString())
    return [file("a.pb", {"fields[0].field": 1, "fields[0].n": 9})], [change(0, b"\x0f", "no wire type"), cut(5, "needs")]


def hdf5():
    h5py = module("h5py")
    for name, version in (("a.h5", "earliest"), ("b.h5", "latest")):
        with h5py.File(path(name), "w", libver=version) as out:
            out["x"] = [1, 2, 3]
    return [file("a.h5", {"version": 0, "offset_size": 8, "end": len(read("a.h5"))}), file("b.h5", {"version": 3, "end": len(read("b.h5"))})], [
        change(8, b"\7", "the version of a superblock")]


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


def file(name, values, format=None, named=False):
    """`named` where nothing in a file tells its format."""
    return {"file": name, "values": values, "format": format, "named": named}


def change(at, data, says, end=False):
    """The first file with some bytes changed: from the end with `end`, the last one flipped."""
    return {"at": at, "hex": data.hex(), "says": says, "end": end}


def cut(size, says):
    return {"cut": size, "says": says}


def main():
    global FOLDER
    name, FOLDER = sys.argv[1:]
    made = globals()["zip_" if name == "zip" else name]
    try:
        files, broken = made()
        answer = {"files": files, "broken": broken}
    except Missing as error:
        answer = {"missing": str(error)}
    print(json.dumps(answer))


main()
