# bytes: 02
# a = 2 two
meta: {id: valid_in_enum, endian: le, encoding: UTF-8}
seq:
  - {id: a, type: u1, enum: e, valid: {in-enum: true}}
enums: {e: {2: two}}
