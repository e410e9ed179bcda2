# bytes: 01 02 03
# a[2].first = 1
meta: {id: repeat_seen, endian: le, encoding: UTF-8}
seq:
  - {id: a, type: t, repeat: expr, repeat-expr: 3}
types:
  t:
    seq: [{id: x, type: u1}]
    instances: {first: {value: '_root.a[0].x'}}
