# bytes: 07 05 06 08
# v = b'\x05\x06'
# w = 8
meta: {id: switch_sized, endian: le, encoding: UTF-8}
seq:
  - {id: k, type: u1}
  - id: v
    size: 2
    type:
      switch-on: k
      cases:
        1: t
  - {id: w, type: u1}
types:
  t:
    seq: [{id: x, type: u1}]
