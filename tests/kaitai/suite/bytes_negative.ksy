# bytes: 01 02
# a ! K003
meta: {id: bytes_negative, endian: le, encoding: UTF-8}
seq:
  - {id: n, type: u1}
  - {id: a, size: n - 2}
