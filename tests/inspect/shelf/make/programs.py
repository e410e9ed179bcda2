"""Programs and libraries."""

import hashlib
import os
import re
import shutil
import struct
import sys
import zlib

from tools import Missing, change, cut, file, module, path, run, write


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


def coff():
    write("a.s", b".data\n.long 7\n.text\n.globl a_name_of_over_eight\na_name_of_over_eight: ret\n.file \"a.s\"\n")
    run("as", "a.s", "-o", "a.o")
    if "pe-x86-64" not in run("objdump", "--info"):
        raise Missing("pe-x86-64 of binutils")
    run("objcopy", "-I", "elf64-x86-64", "-O", "pe-x86-64", "a.o", "a.obj")
    values = {"machine": 0x8664}
    sections = re.findall(r"^ +\d+ (\S+) +([0-9a-f]{8}) +[0-9a-f]{16} +[0-9a-f]{16} +([0-9a-f]{8})", run("objdump", "-h", "a.obj"), re.M)
    values["sections_n"] = len(sections)
    for i, (title, size, offset) in enumerate(sections):
        values.update({f"sections[{i}].name": title, f"sections[{i}].size": int(size, 16), f"sections[{i}].offset": int(offset, 16)})
    symbols = re.findall(r"^\[ *\d+\]\(sec +(-?\d+)\).*\(scl +(\d+)\) \(nx (\d+)\) 0x([0-9a-f]+) (\S+)", run("objdump", "-t", "a.obj"), re.M)
    for i, (section, storage, more, value, title) in enumerate(symbols):
        values.update({f"symbols.list[{i}].section": int(section), f"symbols.list[{i}].storage": int(storage),
                       # The name of a file is in the record after its symbol, and objdump shows it instead.
                       f"symbols.list[{i}].name": ".file" if storage == "103" else title,
                       f"symbols.list[{i}].auxiliary_n": int(more), f"symbols.list[{i}].value": int(value, 16)})
    return [file("a.obj", values)], [cut(30, "needs"), change(16, b"\x10", "no optional header")]


def macho():
    module("ziglang")
    write("a.c", b"int main(void) { return 0; }")
    run(sys.executable, "-m", "ziglang", "cc", "-target", "x86_64-macos", "a.c", "-o", "a.macho", env={**os.environ, "HOME": os.getcwd()})
    said = run("objdump", "-h", "a.macho") if "mach-o" in run("objdump", "--info") else ""
    values = {"body.cpu": 0x01000007, "body.file_type": 2}
    if said:
        values["body.commands.list[1].body.sections[0].name"] = "__text"
    return [file("a.macho", values)], [cut(100, "needs")]


def macho_fat():
    # A header alone of each processor, as <mach-o/fat.h> and <mach-o/loader.h> lay them.
    x86 = struct.pack("<8I", 0xFEEDFACF, 0x01000007, 3, 2, 0, 0, 0x200000, 0)
    arm = struct.pack("<8I", 0xFEEDFACF, 0x0100000C, 0, 2, 0, 0, 0x200000, 0)
    header = struct.pack(">12I", 0xCAFEBABE, 2, 0x01000007, 3, 64, len(x86), 5, 0x0100000C, 0, 96, len(arm), 5)
    write("a.fat", header + bytes(64 - len(header)) + x86 + arm)
    return [file("a.fat", {"files_n": 2, "files[0].cpu": 0x01000007, "files[1].file.body.cpu": 0x0100000C,
                           "files[1].file.body.flags": 0x200000})], [cut(50, "the file ends at"), change(64, b"\1", "no Mach-O file")]


def dex():
    # "Dalvik Executable format": a header, two strings, and a type that is called by one of them.
    texts = [b"LA;", b"hi \xc3\xa4"]
    strings_at, types_at = 112, 112 + 4 * len(texts)
    data_at = types_at + 4
    strings, offsets = b"", []
    for text in texts:
        offsets.append(data_at + len(strings))
        strings += bytes([len(text.decode())]) + text + b"\0"
    size = data_at + len(strings)
    rest = struct.pack("<20I", size, 112, 0x12345678, 0, 0, 0, len(texts), strings_at, 1, types_at, *[0] * 8, len(strings), data_at)
    rest += struct.pack("<3I", *offsets, 0) + strings
    rest = hashlib.sha1(rest).digest() + rest
    write("a.dex", b"dex\n035\0" + struct.pack("<I", zlib.adler32(rest)) + rest)
    return [file("a.dex", {"version": "035", "file_size": size, "strings[0].text": "LA;", "strings[1].text": "hi \u00e4",
                           "types[0]": 0, "endian_tag": 0x12345678})], [
        change(size - 2, b"!", "signature: expected"), change(12, b"\0\0\0\0", "checksum"), cut(100, "needs")]


def uf2():
    # "UF2 specification", Microsoft: blocks of 512 bytes.
    block = lambda i: struct.pack("<8I", 0x0A324655, 0x9E5D5157, 0x2000, 0x10000000 + 256 * i, 256, i, 2, 0xE48BFF56) + bytes(
        [i]) * 256 + bytes(220) + struct.pack("<I", 0x0AB16F30)
    write("a.uf2", block(0) + block(1))
    return [file("a.uf2", {"blocks[1].address": 0x10000100, "blocks[1].blocks_n": 2, "blocks[0].family": 0xE48BFF56})], [
        cut(600, "needs"), change(508, b"\0", "expected")]


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
