# bytes: 41 42 43 44
# a[0].x = 64
# a[1].x = 66
meta: {id: proc_type_repeat, endian: le, encoding: UTF-8}
seq:
  - {id: a, size: 2, process: xor(1), type: t, repeat: eos}
types:
  t: {seq: [{id: x, type: u1}]}
