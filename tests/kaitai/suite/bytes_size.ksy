# bytes: 01 02 03
# a = b'\x02\x03'
meta: {id: bytes_size, endian: le, encoding: UTF-8}
seq:
  - {id: n, type: u1}
  - {id: a, size: n + 1}
