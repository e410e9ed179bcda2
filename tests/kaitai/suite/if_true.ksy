# bytes: 01 02
# b = 2
meta: {id: if_true, endian: le, encoding: UTF-8}
seq:
  - {id: a, type: u1}
  - {id: b, type: u1, if: a == 1}
