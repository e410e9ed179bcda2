# bytes: 01 02
# b.of = 1
meta: {id: parent_set, endian: le, encoding: UTF-8}
seq:
  - {id: a, type: t}
  - {id: b, type: u, parent: a}
types:
  t:
    seq: [{id: n, type: u1}]
  u:
    seq: [{id: m, type: u1}]
    instances: {of: {value: _parent.n}}
