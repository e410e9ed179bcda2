"""Makes the inputs of benches/whole.sh: inputs.py pcapng FILE MIB, inputs.py zip FILE MEMBERS"""
import random, struct, sys, zipfile

random.seed(1)
kind, name, size = sys.argv[1], sys.argv[2], int(sys.argv[3])
if kind == "pcapng":
    def block(kind, body):
        body += bytes(-len(body) % 4)
        length = struct.pack("<I", len(body) + 12)
        return struct.pack("<I", kind) + length + body + length

    header = block(0x0A0D0D0A, struct.pack("<IHHq", 0x1A2B3C4D, 1, 0, -1))
    header += block(1, struct.pack("<HHI", 1, 0, 262144) + struct.pack("<HHB3xHH", 9, 1, 9, 0, 0))
    part = bytearray()
    while len(part) < 16 << 20:
        data = random.randbytes(random.choice((60, 66, 90, 590, 1440, 1514)))
        fixed = struct.pack("<IIIII", 0, 0x60000, random.getrandbits(32), len(data), len(data))
        body = fixed + data + bytes(-len(data) % 4)
        if random.random() < 0.1:
            body += struct.pack("<HHI", 2, 4, 1) + struct.pack("<HH", 0, 0)
        part += block(6, body)
    with open(name, "wb") as out:
        out.write(header)
        while out.tell() < size << 20:
            out.write(part)
else:
    with zipfile.ZipFile(name, "w") as out:
        for i in range(size):
            member = zipfile.ZipInfo(f"folder{i % 100}/member{i}.txt", (2024, 1, 2, 3, 4, 6))
            out.writestr(member, random.randbytes(random.randrange(400)))
