# bytes: 48 69 00 41 07
# a = b'Hi'
# b = 7
meta: {id: strz_size, endian: le, encoding: UTF-8}
seq:
  - {id: a, type: strz, size: 4}
  - {id: b, type: u1}
