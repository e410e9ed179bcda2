# bytes: 02
# b ! K003
# a = 2
# alone: the compiler has no end to it
meta: {id: inst_circle, endian: le, encoding: UTF-8}
seq:
  - {id: a, type: u1}
instances:
  b: {value: c + 1}
  c: {value: b + 1}
