# bytes: 48 69 00 07
# a = b'Hi'
# b = 7
meta: {id: strz_plain, endian: le, encoding: UTF-8}
seq:
  - {id: a, type: strz}
  - {id: b, type: u1}
