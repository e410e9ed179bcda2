# bytes: 0a 0b 0c
# s.x = 10
# s.y ! K001
meta: {id: sub_short, endian: le, encoding: UTF-8}
seq:
  - {id: s, type: t, size: 1}
types:
  t:
    seq:
      - {id: x, type: u1}
      - {id: y, type: u1}
