# bytes: 01 02
# a.outer = 1
# b.c.inner = 2
meta: {id: types_shadow, endian: le, encoding: UTF-8}
seq:
  - {id: a, type: t}
  - {id: b, type: o}
types:
  t:
    seq: [{id: outer, type: u1}]
  o:
    seq: [{id: c, type: t}]
    types:
      t:
        seq: [{id: inner, type: u1}]
