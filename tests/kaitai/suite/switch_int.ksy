# bytes: 01 05 02 06 00
# a.v = 5
# b.v = 6
meta: {id: switch_int, endian: le, encoding: UTF-8}
seq:
  - {id: a, type: t}
  - {id: b, type: t}
types:
  t:
    seq:
      - {id: k, type: u1}
      - id: v
        type:
          switch-on: k
          cases:
            1: u1
            2: u2
