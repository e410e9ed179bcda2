# bytes: 02
# n = 2
# up = absent
# inner.more = 3
meta: {id: parent_of_root, endian: le}
seq:
  - {id: n, type: u1}
  - {id: inner, type: inner}
types:
  inner:
    instances: {more: {value: _parent.n + 1}}
instances:
  up: {value: _parent}
