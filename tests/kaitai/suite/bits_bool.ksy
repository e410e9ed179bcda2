# bytes: a0
# a = True
# b = False
# c = True
meta: {id: bits_bool, endian: le, encoding: UTF-8}
seq:
  - {id: a, type: b1}
  - {id: b, type: b1}
  - {id: c, type: b1}
