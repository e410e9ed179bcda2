# bytes: 08
# a = 8
meta: {id: valid_expr, endian: le, encoding: UTF-8}
seq:
  - {id: a, type: u1, valid: {expr: _ % 2 == 0}}
