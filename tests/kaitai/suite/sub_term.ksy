# bytes: 0a 0b 00 0c
# s.x = b'\n\x0b'
# after = 12
meta: {id: sub_term, endian: le, encoding: UTF-8}
seq:
  - {id: s, type: t, terminator: 0}
  - {id: after, type: u1}
types:
  t:
    seq: [{id: x, size-eos: true}]
