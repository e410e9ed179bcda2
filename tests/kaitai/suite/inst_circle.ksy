# error: 6: b is needed to compute itself
meta: {id: inst_circle, endian: le, encoding: UTF-8}
seq:
  - {id: a, type: u1}
instances:
  b: {value: c + 1}
  c: {value: b + 1}
