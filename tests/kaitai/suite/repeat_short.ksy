# bytes: 07 08 09
# a = [2055]
# b = absent
# a ! K001
meta: {id: repeat_short, endian: le, encoding: UTF-8}
seq:
  - {id: a, type: u2, repeat: expr, repeat-expr: 2}
  - {id: b, type: u1}
