# bytes: 01 00 00 00 02 00 00 00 05
# one = 4
# other = 1
meta: {id: ex_sizeof_item, endian: le}
seq:
  - {id: a, type: u4, repeat: expr, repeat-expr: 2}
  - {id: t, type: t}
types:
  t: {seq: [{id: b, type: u1, repeat: eos}]}
instances:
  one: {value: 'a[1]._sizeof'}
  other: {value: 't.b[0]._sizeof'}
