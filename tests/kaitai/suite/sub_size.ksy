# bytes: 02 0a 0b 0c
# s.x = 10
# s.size = 2
# s.pos = 1
# after = 12
# s.gap = absent
meta: {id: sub_size, endian: le, encoding: UTF-8}
seq:
  - {id: n, type: u1}
  - {id: s, type: t, size: n}
  - {id: after, type: u1}
types:
  t:
    seq: [{id: x, type: u1}]
    instances:
      size: {value: _io.size}
      pos: {value: _io.pos}
