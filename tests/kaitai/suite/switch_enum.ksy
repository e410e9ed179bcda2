# bytes: 01 05
# v.x = 5
meta: {id: switch_enum, endian: le, encoding: UTF-8}
seq:
  - {id: k, type: u1, enum: e}
  - id: v
    type:
      switch-on: k
      cases:
        'e::one': t
        _: u1
enums: {e: {1: one}}
types:
  t:
    seq: [{id: x, type: u1}]
