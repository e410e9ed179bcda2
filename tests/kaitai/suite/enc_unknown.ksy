# bytes: 02 61 62 63
# n = 2
# t.a ! K005
# later = 99
meta: {id: enc_unknown, endian: le, encoding: klingon}
seq:
  - {id: n, type: u1}
instances:
  t: {pos: 1, type: t, size: 2}
  later: {pos: 3, type: u1}
types:
  t: {seq: [{id: a, type: str, size-eos: true}]}
