# bytes: 03
# a ! K002
meta: {id: valid_in_enum_wrong, endian: le, encoding: UTF-8}
seq:
  - {id: a, type: u1, enum: e, valid: {in-enum: true}}
enums: {e: {2: two}}
