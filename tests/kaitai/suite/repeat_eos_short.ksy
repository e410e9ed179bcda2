# bytes: 07 08 09
# a[0].x = 2055
# a[1].x ! K001
meta: {id: repeat_eos_short, endian: le, encoding: UTF-8}
seq:
  - {id: a, type: t, repeat: eos}
types:
  t:
    seq: [{id: x, type: u2}]
