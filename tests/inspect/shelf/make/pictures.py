"""Pictures."""

import struct
import zlib

from sound import ffmpeg
from tools import change, cut, file, module, path, read, run, write


def picture(mode="RGB", size=(31, 17)):
    image = module("PIL.Image").new(mode, size)
    image.putdata([(i % 256 if mode in "LP" else (i % 256, i // 3 % 256, 7)) for i in range(size[0] * size[1])])
    return image


def chunks(data, wanted):
    """The data of the chunks of a type."""
    at = 8
    while at < len(data):
        size, kind = struct.unpack(">I4s", data[at:at + 8])
        if kind == wanted:
            yield data[at + 8:at + 8 + size]
        at += 12 + size


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
    filtered = zlib.decompress(b"".join(chunks(read("rgb.png"), b"IDAT")))
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
        file("rgb.png", {'chunks["IHDR"].data.color_type': 2}, contents={"pixels.content": filtered}),
        file("gray.png", {'chunks["tRNS"].data.gray': 3}),
    ], [change(17, b"\1", "checksum"), cut(40, "needs"),
        # Inside the stream of the pixels.
        change(read("p.png").index(b"IDAT") + 12, b"\xff\xff\xff\xff", "zlib")]


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


def ani():
    picture("RGBA", (16, 16)).save(path("a.cur"), format="ICO", sizes=[(16, 16)])
    icon = read("a.cur")
    # The chunks of an animated cursor, "Multimedia Data Standards Update", Microsoft, 1994.
    chunk = lambda name, data: name + struct.pack("<I", len(data)) + data + b"\0" * (len(data) % 2)
    header = struct.pack("<9I", 36, 2, 2, 0, 0, 0, 0, 10, 1)
    body = b"ACON" + chunk(b"anih", header) + chunk(b"rate", struct.pack("<2I", 6, 12))
    body += chunk(b"LIST", b"fram" + chunk(b"icon", icon) * 2)
    write("a.ani", chunk(b"RIFF", body))
    return [file("a.ani", {'chunks["anih"].data.frames': 2, 'chunks["anih"].data.rate': 10, 'chunks["rate"].data.rates[1]': 12,
                           'chunks["LIST"].data.chunks[1].size': len(icon)})], [change(8, b"ACOM", "expected"), cut(60, "needs")]


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


def jp2():
    picture().save(path("a.jp2"))
    picture("L").save(path("gray.jp2"))
    back = module("PIL.Image").open(path("a.jp2"))
    header = "boxes[2].body.boxes[0].body"
    return [file("a.jp2", {f"{header}.width": back.width, f"{header}.height": back.height, f"{header}.components": 3,
                           "boxes[3].body.segments[1].data.width": back.width}),
            file("gray.jp2", {f"{header}.components": 1})], [
        change(85, b"\x12", "a marker of JPEG 2000"), cut(120, "needs")]


def j2k():
    picture().save(path("a.j2k"), no_jp2=True)
    back = module("PIL.Image").open(path("a.j2k"))
    return [file("a.j2k", {"segments[1].data.width": back.width, "segments[1].data.height": back.height,
                           "segments[1].data.components_n": 3, "segments[-1].marker": 0xFFD9})], [cut(30, "needs")]


def sgi():
    image = picture()
    image.save(path("a.sgi"))
    # Run lengths: ffmpeg's are.
    image.save(path("a.png"))
    ffmpeg("-i", path("a.png"), "-update", "1", path("b.sgi"))
    # The rows are stored from the bottom on, one channel after another.
    flipped = image.transpose(module("PIL.Image").Transpose.FLIP_TOP_BOTTOM)
    planes = b"".join(channel.tobytes() for channel in flipped.split())
    return [file("a.sgi", {"width": 31, "height": 17, "channels": 3, "storage": 0}, contents={"pixels": planes}),
            file("b.sgi", {"width": 31, "height": 17, "channels": 3, "storage": 1})], [change(2, b"\7", "the pixels are stored"), cut(100, "needs")]


def sunraster():
    picture().save(path("a.png"))
    ffmpeg("-i", path("a.png"), "-update", "1", path("a.sun"))
    back = module("PIL.Image").open(path("a.sun"))
    return [file("a.sun", {"width": back.width, "height": back.height, "depth": 24})], [change(3, b"\0", "expected"), cut(20, "needs")]


def icns():
    picture(size=(64, 64)).save(path("a.icns"))
    first = module("PIL.IcnsImagePlugin").IcnsFile(open(path("a.icns"), "rb"))
    offset, size = first.dct[b"ic07"]
    return [file("a.icns", {"size": len(read("a.icns")), 'body.pictures["ic07"].size': size + 8},
                 contents={'body.pictures["ic07"].data': read("a.icns")[offset:offset + size]})], [cut(200, "needs"), change(0, b"x", "expected")]


def exr():
    picture().save(path("a.png"))
    ffmpeg("-i", path("a.png"), "-update", "1", path("a.exr"))
    return [file("a.exr", {'attributes["dataWindow"].value.right': 30, 'attributes["dataWindow"].value.bottom': 16,
                           'attributes["channels"].value.channels["R"].x_sampling': 1})], [change(0, b"x", "expected"), cut(60, "needs")]


def dpx():
    picture().save(path("a.png"))
    ffmpeg("-i", path("a.png"), "-update", "1", path("a.dpx"))
    run("convert", path("a.png"), path("b.dpx"))
    return [file(name, {"headers.width": 31, "headers.height": 17, "headers.elements[0].kind": 50}) for name in ("a.dpx", "b.dpx")], [
        change(0, b"x", "begins with SDPX or XPDS"), cut(900, "needs")]


def drawn(name, *more):
    ffmpeg("-f", "lavfi", "-i", "testsrc=size=40x30", "-frames:v", "1", *more, path(name))


def fits():
    magick("a.fits")
    # An integer stands up to column 30 of its card (4.2.3).
    return [file("a.fits", {"cards[0].keyword": "SIMPLE  ", "cards[3].keyword": "NAXIS1  ",
                            "cards[3].value": f"= {9:>20}".ljust(72), "cards[-1].keyword": "END     "},
                 contents={"data": read("a.fits")[2880:]})], [cut(100, "needs")]


def xwd():
    drawn("a.xwd", "-pix_fmt", "rgb24")
    return [file("a.xwd", {"width": 40, "height": 30, "bits_per_pixel": 24, "red": 0xFF0000, "bytes_per_line": 120})], [
        cut(120, "needs"), change(7, b"x", "expected")]


def wbmp():
    magick("a.wbmp")
    return [file("a.wbmp", {"width": 9, "height": 5}, contents={"pixels": read("a.wbmp")[4:]})], [cut(10, "needs"), change(0, b"\1", "expected")]


def magick(name, *from_):
    picture("RGB", (9, 5)).save(path("one.png"))
    run("convert", *(from_ or ("one.png",)), name)


def mng():
    magick("a.mng")
    return [file("a.mng", {'chunks["MHDR"].data.width': 9, 'chunks["MHDR"].data.height': 5, 'chunks["IHDR"].data.width': 9,
                           "chunks[-1].type": "MEND"})], [cut(30, "needs"), change(16, b"x", "checksum")]


def jng():
    magick("a.jng")
    return [file("a.jng", {'chunks["JHDR"].data.width': 9, 'chunks["JHDR"].data.height': 5, 'chunks["JHDR"].data.color_type': 10,
                           "chunks[-1].type": "IEND"})], [cut(30, "needs"), change(16, b"x", "checksum")]


def dcx():
    magick("a.dcx", "one.png", "-resize", "200%", "one.png")
    return [file("a.dcx", {"index[0].at": struct.unpack("<I", read("a.dcx")[4:8])[0], "index[2].at": 0,
                           "pages[0].picture.xmax": 17, "pages[0].picture.ymax": 9, "pages[1].picture.ymax": 4})], [cut(20, "stands at"), change(0, b"x", "expected")]
