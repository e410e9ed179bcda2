# bytes: 01 05 06 08
# v.sum = 7
# w = 8
meta: {id: switch_sized_type, endian: le, encoding: UTF-8}
seq:
  - {id: k, type: u1}
  - id: v
    size: 2
    type:
      switch-on: k
      cases:
        1: t(k + 1)
  - {id: w, type: u1}
types:
  t:
    params: [{id: p, type: u1}]
    seq: [{id: x, type: u1}]
    instances: {sum: {value: p + x}}
