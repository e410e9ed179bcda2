# bytes: 05 06 00 07
# a = [5, 6, 0]
# b = 7
meta: {id: repeat_until, endian: le, encoding: UTF-8}
seq:
  - {id: a, type: u1, repeat: until, repeat-until: _ == 0}
  - {id: b, type: u1}
