# bytes: 02
# b ! K003
meta: {id: inst_negative, endian: le, encoding: UTF-8}
seq:
  - {id: a, type: u1}
instances:
  b: {pos: a - 3, type: u1}
