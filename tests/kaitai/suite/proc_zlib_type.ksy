# bytes: 78 9c 63 ca 48 cd c9 c9 07 00 06 39 02 17 07
# a.s = b'he'
# a.size = 6
# a.end = 111
# b = 7
meta: {id: proc_zlib_type, endian: le, encoding: UTF-8}
seq:
  - {id: a, size: 14, process: zlib, type: t}
  - {id: b, type: u1}
types:
  t:
    seq:
      - {id: n, type: u1}
      - {id: s, type: str, size: n}
    instances: {size: {value: _io.size}, end: {pos: 5, type: u1}}
