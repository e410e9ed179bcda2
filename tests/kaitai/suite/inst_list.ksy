# bytes: 02 01 05 02
# s[1].x = 5
meta: {id: inst_list, endian: le, encoding: UTF-8}
seq:
  - {id: n, type: u1}
  - {id: p, type: u1, repeat: expr, repeat-expr: n}
instances:
  s: {pos: 1, type: t, repeat: expr, repeat-expr: 3}
types:
  t:
    seq: [{id: x, type: u1}]
