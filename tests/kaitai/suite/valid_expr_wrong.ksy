# bytes: 09
# a ! K002
meta: {id: valid_expr_wrong, endian: le, encoding: UTF-8}
seq:
  - {id: a, type: u1, valid: {expr: _ % 2 == 0}}
