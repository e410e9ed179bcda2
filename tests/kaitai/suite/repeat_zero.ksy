# bytes: 07
# a = []
# b = 7
meta: {id: repeat_zero, endian: le, encoding: UTF-8}
seq:
  - {id: a, type: u1, repeat: expr, repeat-expr: 0}
  - {id: b, type: u1}
