# bytes: 02 03
# a = 2
# d ! K003
meta: {id: inst_beyond_needed, endian: le, encoding: UTF-8}
seq:
  - {id: a, type: u1}
  - {id: d, type: u1, if: b == 1}
instances:
  b: {pos: 5, type: u1}
