# bytes: 01 02
# n = 1
# a ! K001
# b = absent
meta: {id: bytes_short, endian: le, encoding: UTF-8}
seq:
  - {id: n, type: u1}
  - {id: a, size: 4}
  - {id: b, type: u1}
