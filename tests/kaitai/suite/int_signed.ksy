# bytes: ff fe ff fd ff ff ff fc ff ff ff ff ff ff ff
# a = -1
# b = -2
# c = -3
# d = -4
meta: {id: int_signed, endian: le, encoding: UTF-8}
seq:
  - {id: a, type: s1}
  - {id: b, type: s2}
  - {id: c, type: s4}
  - {id: d, type: s8}
