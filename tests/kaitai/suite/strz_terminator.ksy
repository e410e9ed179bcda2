# bytes: 48 69 03 07
# a = b'Hi'
# b = 7
meta: {id: strz_terminator, endian: le, encoding: UTF-8}
seq:
  - {id: a, type: strz, terminator: 3}
  - {id: b, type: u1}
