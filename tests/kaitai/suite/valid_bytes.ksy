# bytes: 01 02
# a = b'\x01\x02'
meta: {id: valid_bytes, endian: le, encoding: UTF-8}
seq:
  - {id: a, size: 2, valid: "[1, 2]"}
