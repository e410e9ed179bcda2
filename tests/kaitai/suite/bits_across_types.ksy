# bytes: bd
# a = 5
# s.x = 29
meta: {id: bits_across_types, endian: le, encoding: UTF-8}
seq:
  - {id: a, type: b3}
  - {id: s, type: sub}
types:
  sub:
    seq: [{id: x, type: b5}]
