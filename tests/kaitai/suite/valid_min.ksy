# bytes: 04
# a ! K002
meta: {id: valid_min, endian: le, encoding: UTF-8}
seq:
  - {id: a, type: u1, valid: {min: 5}}
