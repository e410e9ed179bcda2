# bytes: 01 03
# b = 3
# isnt = True
# as_int = 2
meta: {id: enum_compare, endian: le, encoding: UTF-8}
seq:
  - {id: a, type: u1, enum: e}
  - {id: b, type: u1, if: 'a == e::one'}
enums: {e: {1: one, 2: two}}
instances:
  isnt: {value: 'a != e::two'}
  as_int: {value: a.to_i + 1}
