# bytes: 05 06 00 07
# a = [5, 6]
meta: {id: repeat_until_index, endian: le, encoding: UTF-8}
seq:
  - {id: a, type: u1, repeat: until, repeat-until: _index == 1}
