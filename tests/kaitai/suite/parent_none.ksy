# bytes: 01
# a.n = 1
meta: {id: parent_none, endian: le, encoding: UTF-8}
seq:
  - {id: a, type: t, parent: false}
types:
  t:
    seq: [{id: n, type: u1}]
