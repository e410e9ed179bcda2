"""What the makers of files share."""

import os
import shutil
import subprocess


class Missing(Exception):
    pass


def path(name):
    return os.path.abspath(name)


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
    done = subprocess.run([program, *command[1:]], capture_output=True, **more)
    if done.returncode:
        raise RuntimeError(f"{command}: {done.stderr.decode(errors='replace')}")
    return done.stdout.decode(errors="replace")


def module(name):
    try:
        return __import__(name, fromlist=["_"])
    except ImportError as error:
        raise Missing(f"the Python module {name}") from error


def file(name, values, format=None, named=False, contents=None):
    """`named` where nothing in a file tells its format; the bytes that paths in `contents` lead to."""
    contents = {where: data.hex() for where, data in (contents or {}).items()}
    return {"file": name, "values": values, "format": format, "named": named, "contents": contents}


def change(at, data, says, end=False):
    """The first file with some bytes changed: from the end with `end`, the last one flipped."""
    return {"at": at, "hex": data.hex(), "says": says, "end": end}


def cut(size, says):
    return {"cut": size, "says": says}
