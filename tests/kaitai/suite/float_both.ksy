# bytes: 00 00 c0 3f 00 00 00 00 00 00 04 40 3f c0 00 00
# a = 1.5
# b = 2.5
# c = 1.5
meta: {id: float_both, endian: le, encoding: UTF-8}
seq:
  - {id: a, type: f4}
  - {id: b, type: f8}
  - {id: c, type: f4be}
