# bytes: 08
# a ! K002
meta: {id: valid_any_wrong, endian: le, encoding: UTF-8}
seq:
  - {id: a, type: u1, valid: {any-of: [3, 7]}}
