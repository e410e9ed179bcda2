# bytes: 07 62
# a = 7
# b = b'b'
meta: {id: valid_any, endian: le, encoding: UTF-8}
seq:
  - {id: a, type: u1, valid: {any-of: [3, 7]}}
  - {id: b, type: str, size: 1, valid: {any-of: ['"a"', '"b"']}}
