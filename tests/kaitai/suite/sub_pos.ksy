# bytes: 0a 0b 0c
# s.first = 11
# s.whole = 10
meta: {id: sub_pos, endian: le, encoding: UTF-8}
seq:
  - {id: a, type: u1}
  - {id: s, type: t, size: 2}
types:
  t:
    instances:
      first: {pos: 0, type: u1}
      whole: {pos: 0, io: _root._io, type: u1}
