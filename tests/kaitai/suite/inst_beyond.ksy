# bytes: 02
# b ! K001
# c = 3
meta: {id: inst_beyond, endian: le, encoding: UTF-8}
seq:
  - {id: a, type: u1}
instances:
  b: {pos: 5, type: u1}
  c: {value: a + 1}
