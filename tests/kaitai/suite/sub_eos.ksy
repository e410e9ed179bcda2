# bytes: 02 0a 0b 0c
# s.x = [2, 10, 11]
# after = 12
meta: {id: sub_eos, endian: le, encoding: UTF-8}
seq:
  - {id: s, type: t, size: 3}
  - {id: after, type: u1}
types:
  t:
    seq: [{id: x, type: u1, repeat: eos}]
