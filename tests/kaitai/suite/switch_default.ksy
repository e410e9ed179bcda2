# bytes: 07 05
# v = 5
meta: {id: switch_default, endian: le, encoding: UTF-8}
seq:
  - {id: k, type: u1}
  - id: v
    type:
      switch-on: k
      cases:
        1: u2
        _: u1
