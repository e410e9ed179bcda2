# bytes: 01 02
# a = 1 one
# s.b = 2 two
meta: {id: enum_nested, endian: le, encoding: UTF-8}
seq:
  - {id: a, type: u1, enum: 't::e'}
  - {id: s, type: t}
types:
  t:
    seq: [{id: b, type: u1, enum: e}]
    enums: {e: {1: one, 2: two}}
