# bytes: e4
# a = [3, 2, 1, 0]
meta: {id: bits_repeat, endian: le, encoding: UTF-8}
seq:
  - {id: a, type: b2, repeat: expr, repeat-expr: 4}
