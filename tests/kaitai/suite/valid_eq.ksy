# bytes: 03 04
# a = 3
# b = 4
meta: {id: valid_eq, endian: le, encoding: UTF-8}
seq:
  - {id: a, type: u1, valid: 3}
  - {id: b, type: u1, valid: {eq: a + 1}}
