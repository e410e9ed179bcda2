# bytes: 02 05 06 07
# a = [5, 6]
# b = 7
meta: {id: repeat_expr, endian: le, encoding: UTF-8}
seq:
  - {id: n, type: u1}
  - {id: a, type: u1, repeat: expr, repeat-expr: n}
  - {id: b, type: u1}
