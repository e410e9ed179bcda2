# bytes: 05
# v = 10 ten
# w = 10 ten
meta: {id: enum_value, endian: le, encoding: UTF-8}
seq:
  - {id: a, type: u1}
enums: {e: {10: ten}}
instances:
  v: {value: a * 2, enum: e}
  w: {value: 'e::ten'}
