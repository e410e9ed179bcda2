# bytes: 05 06
# a = [5, 6]
# a ! K001
meta: {id: repeat_until_never, endian: le, encoding: UTF-8}
seq:
  - {id: a, type: u1, repeat: until, repeat-until: _ == 0}
