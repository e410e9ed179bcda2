# bytes: 01 02 03
# a = b'\x01'
# b = 3
meta: {id: bytes_term, endian: le, encoding: UTF-8}
seq:
  - {id: a, terminator: 2}
  - {id: b, type: u1}
