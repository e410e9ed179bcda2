# bytes: 01 02 01 02 00 00 00 03 80 00
# a = 513
# b = 258
# c = 3
# d = -32768
meta: {id: int_suffix}
seq:
  - {id: a, type: u2le}
  - {id: b, type: u2be}
  - {id: c, type: s4be}
  - {id: d, type: s2be}
