"""Answers for the comparison with Python's struct module.

The first line written says which Python this is. Then every line read is a case, a JSON object
with a format and jobs; every line written is its answer. Values are text, so that JSON loses
nothing: a letter for the type, then the content (see `decode`).
"""

import json
import struct
import sys


def number(bits):
    return struct.unpack(">d", bytes.fromhex(bits))[0]


def decode(text):
    kind, content = text[0], text[1:]
    if kind == "i":
        return int(content)
    if kind == "f":
        return number(content)
    if kind == "c":
        return complex(number(content[:16]), number(content[16:]))
    if kind == "b":
        return bytes.fromhex(content)
    if kind == "t":
        return content == "1"
    if kind == "l":
        return [0] * int(content)
    raise ValueError("no such type: " + kind)


def work(form, job):
    verb, *rest = job
    if verb == "pack":
        return struct.pack(form, *map(decode, rest[0])).hex()
    if verb == "pack_into":
        buffer = bytearray.fromhex(rest[0])
        struct.pack_into(form, buffer, rest[1], *map(decode, rest[2]))
        return buffer.hex()
    if verb == "repr":
        return repr(tuple(map(decode, rest[0])))
    data = bytes.fromhex(rest[0])
    if verb == "unpack":
        return repr(struct.unpack(form, data))
    if verb == "unpack_from":
        return repr(struct.unpack_from(form, data, rest[1]))
    if verb == "iter_unpack":
        return repr(list(struct.iter_unpack(form, data)))
    raise ValueError("no such job: " + verb)


def outcome(function, *arguments):
    # Whatever Python raises here is its way to refuse; the comparison asks only whether it does.
    try:
        return {"ok": function(*arguments)}
    except Exception as error:
        return {"error": "{}: {}".format(type(error).__name__, error)}


def main():
    hello = {
        "version": sys.version_info[:2],
        "little": sys.byteorder == "little",
        "bits": struct.calcsize("P") * 8,
    }
    print(json.dumps(hello), flush=True)
    for line in sys.stdin:
        case = json.loads(line)
        form = case["format"]
        answer = {
            "size": outcome(struct.calcsize, form),
            "jobs": [outcome(work, form, job) for job in case["jobs"]],
        }
        print(json.dumps(answer))


main()
