# bytes: e0 07 f0 01
# a = 7
# b = 7
# c = 15
# d = 1
meta: {id: bits_align, endian: le, encoding: UTF-8}
seq:
  - {id: a, type: b3}
  - {id: b, type: u1}
  - {id: c, type: b4}
  - {id: d, type: u1}
