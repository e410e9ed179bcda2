# bytes: 06
# a ! K002
meta: {id: valid_max, endian: le, encoding: UTF-8}
seq:
  - {id: a, type: u1, valid: {max: 5}}
