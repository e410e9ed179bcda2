# bytes: 01 23 45 67 89 ab cd ef f0
# a = 0
# b = 1311768467463790335
# c = 0
meta: {id: bits_long, endian: le, encoding: UTF-8}
seq:
  - {id: a, type: b4}
  - {id: b, type: b64}
  - {id: c, type: b4}
