# bytes: 01
# s.isone = True
meta: {id: params_enum, endian: le, encoding: UTF-8}
seq:
  - {id: a, type: u1, enum: e}
  - {id: s, type: t(a)}
enums: {e: {1: one}}
types:
  t:
    params: [{id: k, type: u1, enum: e}]
    instances: {isone: {value: 'k == e::one'}}
