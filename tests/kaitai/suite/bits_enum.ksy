# bytes: 48
# a = 1 one
# b = 0 zero
# c = 8
meta: {id: bits_enum, endian: le, encoding: UTF-8}
seq:
  - {id: a, type: b2, enum: e}
  - {id: b, type: b1, enum: e}
  - {id: c, type: b5}
enums: {e: {0: zero, 1: one}}
