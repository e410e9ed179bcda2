# bytes: 01 03 63 02
# l[0].of = 3
# l[1].of = 2
meta: {id: inst_tree, endian: le, encoding: UTF-8}
seq:
  - {id: l, type: ref, repeat: expr, repeat-expr: 2}
types:
  ref:
    seq: [{id: at, type: u1}]
    instances:
      of: {pos: at, type: u1}
