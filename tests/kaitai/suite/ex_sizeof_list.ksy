# bytes: 01 02 03 04 05 06 07 08
# whole = 8
# there = 1
# chosen = 8
meta: {id: ex_sizeof_list, endian: le}
seq:
  - {id: two, size: 1 + 1}
  - {id: four, type: u1, repeat: expr, repeat-expr: 2 * 2}
  - {id: one, type: u1, if: two.length == 2}
  - {id: last, type: t}
instances:
  whole: {value: _sizeof}
  there: {value: one._sizeof}
  chosen: {value: last._sizeof * 8}
types:
  t: {seq: [{id: x, type: u1, if: true}]}
