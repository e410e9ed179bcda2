# bytes: 2c
# a.value = 44
meta: {id: opaque_beside, endian: le, encoding: UTF-8, ks-opaque-types: true}
seq:
  - {id: a, type: vlq}
