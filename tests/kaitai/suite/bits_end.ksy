# bytes: ff
# a = 15
# b ! K001
meta: {id: bits_end, endian: le, encoding: UTF-8}
seq:
  - {id: a, type: b4}
  - {id: b, type: b5}
