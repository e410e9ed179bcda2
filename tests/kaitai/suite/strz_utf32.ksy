# bytes: 48 00 00 00 00 00 00 00 07
# a = b'H'
# b = 7
meta: {id: strz_utf32, endian: le, encoding: UTF-8}
seq:
  - {id: a, type: strz, encoding: UTF-32LE}
  - {id: b, type: u1}
