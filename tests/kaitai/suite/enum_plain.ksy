# bytes: 01 02 09
# a = 1 one
# b = 2 two
# c = 9
meta: {id: enum_plain, endian: le, encoding: UTF-8}
seq:
  - {id: a, type: u1, enum: e}
  - {id: b, type: u1, enum: e}
  - {id: c, type: u1, enum: e}
enums:
  e:
    1: one
    2: {id: two, doc: the second, -orig-id: TWO}
