# bytes: 02 07
# last.v = 7
# x = 7
meta: {id: inst_object, endian: le, encoding: UTF-8}
seq:
  - {id: l, type: t, repeat: eos}
instances:
  last: {value: l.last}
  x: {value: last.v}
types:
  t:
    seq: [{id: v, type: u1}]
