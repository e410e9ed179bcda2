"""Fonts, models and games."""

import io
import struct

from tools import change, cut, file, module, path, read, write


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


def nes():
    # "iNES", nesdev.org: one unit of 16 KiB of the program, two of 8 KiB of pictures, mapper 0x42, a trainer.
    write("a.nes", b"NES\x1a\1\2" + bytes([0x25, 0x40]) + bytes(8) + b"t" * 512 + b"p" * 16384 + b"c" * 16384)
    return [file("a.nes", {"mapper": 0x42, "flags6.vertical": 1, "flags6.trainer": 1, "trainer": "t" * 512})], [cut(2000, "needs"), change(0, b"X", "expected")]


def wad():
    # "The Unofficial Doom Specs": lumps after the header, the directory at the end.
    lumps = [(b"MAP01", b""), (b"THINGS", b"abc"), (b"ENDOOM", b"bye")]
    data, directory = b"", b""
    for name, lump in lumps:
        directory += struct.pack("<II8s", 12 + len(data), len(lump), name)
        data += lump
    write("a.wad", b"PWAD" + struct.pack("<II", len(lumps), 12 + len(data)) + data + directory)
    return [file("a.wad", {"lumps_n": 3, "lumps[0].name": "MAP01", 'lumps["THINGS"].data': "abc", 'lumps["ENDOOM"].at': 15})], [
        cut(30, "needs"), change(0, b"X", "begins with IWAD or PWAD")]


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
