# bytes: 07 05
# v = absent
# w = 5
meta: {id: switch_none, endian: le, encoding: UTF-8}
seq:
  - {id: k, type: u1}
  - id: v
    type:
      switch-on: k
      cases:
        1: u2
  - {id: w, type: u1}
