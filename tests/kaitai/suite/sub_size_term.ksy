# bytes: 0a 00 0b 0c
# s.x = b'\n'
# after = 12
meta: {id: sub_size_term, endian: le, encoding: UTF-8}
seq:
  - {id: s, type: t, size: 3, terminator: 0}
  - {id: after, type: u1}
types:
  t:
    seq: [{id: x, size-eos: true}]
