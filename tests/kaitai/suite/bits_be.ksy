# bytes: a5 c3
# a = 5
# b = 92
# c = 3
meta: {id: bits_be, endian: le, encoding: UTF-8}
seq:
  - {id: a, type: b3}
  - {id: b, type: b9}
  - {id: c, type: b4}
