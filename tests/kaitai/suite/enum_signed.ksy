# bytes: ff
# a = -1 minus
meta: {id: enum_signed, endian: le, encoding: UTF-8}
seq:
  - {id: a, type: s1, enum: e}
enums: {e: {-1: minus, 0x10: sixteen}}
