# bytes: 00 02
# b = absent
# c = 2
meta: {id: if_false, endian: le, encoding: UTF-8}
seq:
  - {id: a, type: u1}
  - {id: b, type: u1, if: a == 1}
  - {id: c, type: u1}
