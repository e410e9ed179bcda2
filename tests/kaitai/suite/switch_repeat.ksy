# bytes: 01 05 02 06 00
# v = [1, 393733]
meta: {id: switch_repeat, endian: le, encoding: UTF-8}
seq:
  - id: v
    repeat: expr
    repeat-expr: 2
    type:
      switch-on: _index
      cases:
        0: u1
        1: u4
