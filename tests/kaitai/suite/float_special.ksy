# bytes: 00 00 80 7f 00 00 80 ff 00 00 00 80
# a = inf
# b = -inf
# c = -0.0
meta: {id: float_special, endian: le, encoding: UTF-8}
seq:
  - {id: a, type: f4}
  - {id: b, type: f4}
  - {id: c, type: f4}
