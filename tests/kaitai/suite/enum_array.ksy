# bytes: 01 02
# a = [1 one, 2]
# has = True
meta: {id: enum_array, endian: le, encoding: UTF-8}
seq:
  - {id: a, type: u1, enum: e, repeat: eos}
enums: {e: {1: one}}
instances: {has: {value: 'a[0] == e::one'}}
