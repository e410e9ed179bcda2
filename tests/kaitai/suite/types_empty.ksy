# bytes: 01
# b = 1
meta: {id: types_empty, endian: le, encoding: UTF-8}
seq:
  - {id: a, type: nothing}
  - {id: b, type: u1}
types:
  nothing: {}
