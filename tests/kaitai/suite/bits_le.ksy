# bytes: a5 c3
# a = 5
# b = 116
# c = 12
meta: {id: bits_le, bit-endian: le}
seq:
  - {id: a, type: b3}
  - {id: b, type: b9}
  - {id: c, type: b4}
