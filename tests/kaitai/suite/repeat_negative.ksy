# bytes: 07
# a = []
# b = 7
meta: {id: repeat_negative, endian: le, encoding: UTF-8}
seq:
  - {id: b, type: u1}
  - {id: a, type: u1, repeat: expr, repeat-expr: b - 8}
