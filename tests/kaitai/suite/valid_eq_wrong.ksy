# bytes: 03 05
# a = 3
# b ! K002
meta: {id: valid_eq_wrong, endian: le, encoding: UTF-8}
seq:
  - {id: a, type: u1, valid: 3}
  - {id: b, type: u1, valid: {eq: 4}}
