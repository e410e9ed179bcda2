"""What Kaitai's Python runtime reads, as JSON: for each name and bytes in hex on standard input a line."""
import importlib, json, resource, signal, sys
from enum import Enum

sys.path.insert(0, sys.argv[1])
from kaitaistruct import KaitaiStruct, KaitaiStream

def shown(value, seen):
    if isinstance(value, bool):
        return value
    if isinstance(value, Enum):
        return str(int(value.value))
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float):
        return "f" + repr(value)
    if isinstance(value, str):
        return "b" + value.encode().hex()
    if isinstance(value, bytes):
        return "b" + value.hex()
    if isinstance(value, list):
        return [shown(item, seen) for item in value]
    if isinstance(value, KaitaiStruct):
        return fields(value, seen)
    if isinstance(value, KaitaiStream):
        return "@"
    return "?"

# Values of which only the presence is compared are "@".
def fields(value, seen):
    if id(value) in seen:
        return "@"
    seen = seen | {id(value)}
    found = {}
    for name, inner in vars(value).items():
        if name.startswith("_") and not name.startswith("_unnamed") or inner is None:
            continue
        found[name] = shown(inner, seen)
    for name, instance in vars(type(value)).items():
        if isinstance(instance, property):
            try:
                inner = getattr(value, name)
            except Exception:
                found[name] = "!"
                continue
            if inner is not None:
                found[name] = shown(inner, seen)
    return found

class Endless(BaseException):
    pass

def stop(*_):
    raise Endless

# Items that take no bytes have no end here.
signal.signal(signal.SIGALRM, stop)
resource.setrlimit(resource.RLIMIT_AS, (4 << 30, 4 << 30))

for line in sys.stdin:
    signal.setitimer(signal.ITIMER_REAL, 2)
    name, _, data = line.strip().partition(" ")
    top = "".join(part.capitalize() for part in name.split("_"))
    try:
        made = getattr(importlib.import_module(name), top).from_bytes(bytes.fromhex(data))
        print(json.dumps([name, fields(made, frozenset())]))
    except Endless:
        print(json.dumps([name, "@"]))
    except Exception:
        print(json.dumps([name, "!"]))
    signal.setitimer(signal.ITIMER_REAL, 0)
