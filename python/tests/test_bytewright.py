"""python -m unittest discover tests, with the package installed."""

import io
import os
import random
import struct
import tarfile
import tempfile
import unittest
from pathlib import Path

import numpy
import pyarrow

import bytewright



class Structs(unittest.TestCase):
    def test_what_python_unpacks_is_unpacked_the_same(self):
        numbers = random.Random(1)
        codes = "bBhHiIlLqQ?fd"
        for _ in range(2000):
            order = numbers.choice(["<", ">", "=", "@", "!", ""])
            format = order + "".join(numbers.choice(codes) for _ in range(numbers.randrange(1, 8)))
            data = numbers.randbytes(struct.calcsize(format))
            # Bytes compare where NaN does not.
            ours = bytewright.unpack(format, data)
            self.assertEqual(repr(ours), repr(struct.unpack(format, data)), format)
            self.assertEqual(bytewright.calcsize(format), struct.calcsize(format))

    def test_what_python_packs_is_packed_the_same(self):
        self.assertEqual(bytewright.pack(">I", 10240099), struct.pack(">I", 10240099))
        values = (b"B", b"M", 691256, 0, 54, 40, 640, 360, 1, 24)
        packed = bytewright.pack("<ccIIIIIIHH", *values)
        self.assertEqual(packed, struct.pack("<ccIIIIIIHH", *values))
        self.assertEqual(bytewright.unpack("<ccIIIIIIHH", packed), values)

    def test_names_make_dictionaries_both_ways(self):
        header = bytewright.Struct(">H:length [length]s:text 2(B:r B:g):colors 2H:sizes")
        data = b"\0\x02hi\1\2\3\4\0\5\0\6"
        record = header.unpack(data)
        self.assertEqual(list(record), ["length", "text", "colors", "sizes"])
        self.assertEqual(record["colors"], [{"r": 1, "g": 2}, {"r": 3, "g": 4}])
        self.assertEqual(record["sizes"], [5, 6])
        self.assertEqual(header.pack(record), data)
        self.assertEqual(header.pack(**record), data)
        self.assertTrue(header.is_named)
        self.assertIsNone(header.size)

    def test_any_buffer_will_do(self):
        for buffer in [bytearray(b"\1\0"), memoryview(b"\1\0"), memoryview(b"\1x\0x")[::2]]:
            self.assertEqual(bytewright.unpack("<H", buffer), (1,))
        self.assertEqual(bytewright.iter_unpack("<H", b"\1\0\2\0"), [(1,), (2,)])

    def test_integers_up_to_128_bits(self):
        self.assertEqual(bytewright.unpack("<Y", b"\xff" * 16), (2**128 - 1,))
        self.assertEqual(bytewright.pack("<Y", 2**128 - 1), b"\xff" * 16)
        with self.assertRaises(OverflowError):
            bytewright.pack("<Y", 2**128)

    def test_errors_say_where(self):
        with self.assertRaises(bytewright.FormatError) as caught:
            bytewright.Struct("<2s:magic 3")
        self.assertEqual(caught.exception.span[0], 10)
        with self.assertRaises(bytewright.DataError) as caught:
            bytewright.unpack("<H 2(B:red B:green):palette", b"\0" * 4)
        self.assertEqual((caught.exception.path, caught.exception.offset), ("palette[1].red", 4))
        with self.assertRaises(ValueError):
            bytewright.calcsize("<B:n [n]s:text")

    def test_a_list_in_itself_is_an_error(self):
        values = []
        values.append(values)
        with self.assertRaises(TypeError):
            bytewright.pack("<2(B)", values)


class Trees(unittest.TestCase):
    def test_a_bitmap(self):
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "a.bmp"
            path.write_bytes(
                struct.pack("<2sIHHIIiiHHIIiiII", b"BM", 58, 0, 0, 54, 40, 1, 1, 1, 24, 0, 4, 0, 0, 0, 0) + b"\1\2\3\0"
            )
            document = bytewright.inspect(path)
            self.assertEqual(document.format, "bmp")
            self.assertEqual(document["dib_header.width"], 1)
            (height,) = document.find("dib_header.height")
            self.assertEqual((height.offset, height.size, height.value, height.bytes), (22, 4, 1, b"\1\0\0\0"))
            self.assertEqual(document["file_header"]["type"], b"BM")
            names = [child.name for child in document.root.children]
            self.assertEqual(names[:2], ["file_header", "dib_header"])
            self.assertEqual([problem.severity for problem in document.problems if problem.severity == "error"], [])
            with self.assertRaises(KeyError):
                document["dib_header.depth"]

    def test_a_broken_one_says_what_is_wrong(self):
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "a.bmp"
            path.write_bytes(b"BM\x36\0\0\0")
            self.assertIn("error", [problem.severity for problem in bytewright.inspect(path).problems])

    def test_a_format_of_ones_own(self):
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "a.bin"
            path.write_bytes(b"\x02\x01\x02\x03\x04")
            document = bytewright.inspect(path, "B:n [n](B:x B:y):points")
            self.assertEqual(document["points"], [{"x": 1, "y": 2}, {"x": 3, "y": 4}])
            self.assertEqual([node.path for node in document.find("points[*].y")], ["points[0].y", "points[1].y"])


class Archives(unittest.TestCase):
    def archive(self, folder, *names):
        path = Path(folder) / "a.tar.gz"
        with tarfile.open(path, "w:gz") as archive:
            for name in names:
                member = tarfile.TarInfo(name)
                member.size = 3
                archive.addfile(member, io.BytesIO(b"abc"))
        return path

    def test_members_are_those_that_tarfile_sees(self):
        with tempfile.TemporaryDirectory() as folder:
            path = self.archive(folder, "a", "b/c")
            with tarfile.open(path) as archive:
                theirs = [(member.name, member.size) for member in archive]
            self.assertEqual([(member["name"], member["size"]) for member in bytewright.tar.members(path)], theirs)

    def test_extracting(self):
        with tempfile.TemporaryDirectory() as folder:
            path = self.archive(folder, "a", "b/c")
            to = Path(folder) / "to"
            self.assertEqual(bytewright.tar.extractall(path, to), 2)
            self.assertEqual((to / "b/c").read_bytes(), b"abc")

    def test_what_leads_outside_is_refused(self):
        with tempfile.TemporaryDirectory() as folder:
            path = self.archive(folder, "../out", "in")
            to = Path(folder) / "to"
            with self.assertRaises(bytewright.RefusedError):
                bytewright.tar.extractall(path, to)
            refused = []
            count = bytewright.tar.extractall(path, to, on_refused=lambda name, why: refused.append(name))
            self.assertEqual((count, refused), (1, ["../out"]))
            self.assertFalse(os.path.exists(Path(folder) / "out"))

    def test_limits_and_words_that_are_none(self):
        with tempfile.TemporaryDirectory() as folder:
            path = self.archive(folder, "a", "b")
            with self.assertRaises((ValueError, OSError)):
                bytewright.tar.extractall(path, Path(folder) / "to", max_members=1)
            with self.assertRaises(ValueError):
                bytewright.tar.extractall(path, Path(folder) / "to", filter="everything")


class Records(unittest.TestCase):
    def file(self, folder, data):
        path = Path(folder) / "records.bin"
        path.write_bytes(data)
        return path

    def test_columns_are_those_of_numpys_structured_types(self):
        numbers = random.Random(2)
        with tempfile.TemporaryDirectory() as folder:
            for _ in range(100):
                order = numbers.choice("<>")
                codes = [numbers.choice("bBhHiIqQfd?") for _ in range(numbers.randrange(1, 9))]
                dtype = numpy.dtype(
                    [(f"f{i}", {"?": "?"}.get(c, order + c)) for i, c in enumerate(codes)] + [("t", "S3"), ("a", order + "i2", 2)]
                )
                format = order + " ".join(f"{c}:f{i}" for i, c in enumerate(codes)) + " 3s:t 2h:a"
                rows = numbers.choice([1, 7, 3000])
                data = bytearray(numbers.randbytes(dtype.itemsize * rows))
                for i, code in enumerate(codes):
                    if code == "?":
                        offset = dtype.fields[f"f{i}"][1]
                        for row in range(rows):
                            data[row * dtype.itemsize + offset] &= 1
                found = bytewright.records(format, self.file(folder, data))
                theirs = numpy.frombuffer(data, dtype)
                self.assertEqual(list(found), list(dtype.names))
                for name, column in found.items():
                    wanted = theirs[name]
                    self.assertEqual(column.dtype, wanted.dtype.newbyteorder("="), format)
                    self.assertEqual(column.tobytes(), wanted.astype(column.dtype).tobytes(), format)

    def test_some_columns_and_some_rows(self):
        with tempfile.TemporaryDirectory() as folder:
            data = b"head" + b"".join(struct.pack("<IB", i, i % 3) for i in range(1000))
            path = self.file(folder, data)
            found = bytewright.records("<I:n B:kind", path, select=["n"], where="kind == 2", skip=4, limit=3)
            self.assertEqual({name: list(column) for name, column in found.items()}, {"n": [2, 5, 8]})
            with self.assertRaises(KeyError):
                bytewright.records("<I:n B:kind", path, select=["m"], skip=4)
            with self.assertRaises(bytewright.FormatError):
                bytewright.records("<I:n B:kind", path, where="kind ==", skip=4)
            with self.assertRaises(bytewright.DataError) as caught:
                bytewright.records("<I:n B:kind", path)
            self.assertIn("0x1388", str(caught.exception))

    def test_pyarrow_takes_numbers_and_times_without_a_copy(self):
        with tempfile.TemporaryDirectory() as folder:
            rows = [struct.pack("<IdI2s", i, i / 2, i * 86400, b"ab") for i in range(1000)]
            columns = bytewright.records("<I:n d:x I~unix:at 2s~ascii:text", self.file(folder, b"".join(rows)))
            table = pyarrow.table(columns)
            self.assertEqual([str(kind) for kind in table.schema.types], ["uint32", "double", "timestamp[ns]", "string"])
            for name in ("n", "x", "at"):
                values = table[name].chunk(0).buffers()[1]
                self.assertEqual(values.address, columns[name].ctypes.data, name)
            self.assertEqual(table["n"].to_pylist(), list(range(1000)))
            self.assertEqual(table["text"][999].as_py(), "ab")

    def test_times_texts_and_records_of_any_size(self):
        with tempfile.TemporaryDirectory() as folder:
            path = self.file(folder, struct.pack("<I2sI2s", 0, b"ab", 86400, b"cd"))
            found = bytewright.records("<I~unix:at 2s~ascii:text", path)
            self.assertEqual([str(at)[:10] for at in found["at"]], ["1970-01-01", "1970-01-02"])
            self.assertEqual(list(found["text"]), ["ab", "cd"])
            path = self.file(folder, b"\x01a\x00\x02bc")
            found = bytewright.records("B:n [n]s:text", path)
            self.assertEqual((list(found["n"]), list(found["text"])), ([1, 0, 2], ["a", "", "bc"]))
            path = self.file(folder, b"\x01a\x01\xff")
            self.assertEqual(list(bytewright.records("B:n [n]s:data", path)["data"]), [b"a", b"\xff"])
            self.assertEqual(list(bytewright.records("<I:n", self.file(folder, b""))["n"]), [])


if __name__ == "__main__":
    unittest.main()
