# bytes: 0a 0b 0c
# s.x = [11, 12]
meta: {id: sub_size_eos, endian: le, encoding: UTF-8}
seq:
  - {id: a, type: u1}
  - {id: s, type: t, size-eos: true}
types:
  t:
    seq: [{id: x, type: u1, repeat: eos}]
