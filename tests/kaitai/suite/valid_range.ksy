# bytes: 05
# a = 5
meta: {id: valid_range, endian: le, encoding: UTF-8}
seq:
  - {id: a, type: u1, valid: {min: 5, max: 5}}
