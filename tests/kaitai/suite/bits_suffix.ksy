# bytes: a5 c3
# a = 5
# b = 10
# c = 12
# d = 3
meta: {id: bits_suffix, endian: le, encoding: UTF-8}
seq:
  - {id: a, type: b4le}
  - {id: b, type: b4le}
  - {id: c, type: b4be}
  - {id: d, type: b4be}
