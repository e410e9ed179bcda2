# bytes: 02
# b = 6
# d = 9
meta: {id: inst_chain, endian: le, encoding: UTF-8}
seq:
  - {id: a, type: u1}
instances:
  b: {value: c * 2}
  c: {value: a + 1}
  d: {value: b + c}
