# bytes: 0a 0b 0c 0d
# s[0].x = 10
# s[1].x = 12
meta: {id: sub_repeat, endian: le, encoding: UTF-8}
seq:
  - {id: s, type: t, size: 2, repeat: eos}
types:
  t:
    seq: [{id: x, type: u1}]
