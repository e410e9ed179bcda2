"""Disks, partitions and file systems."""

import json
import os
import re

from tools import change, cut, file, path, run, write


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


def qcow2():
    run("qemu-img", "create", "-q", "-f", "qcow2", "a.qcow2", "10M")
    return [file("a.qcow2", {"size": 10 << 20, "version": 3})], [cut(50, "needs")]


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
