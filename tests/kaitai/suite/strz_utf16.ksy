# bytes: 48 00 00 01 00 00 07
# a = b'H\xc4\x80'
# b = 7
meta: {id: strz_utf16, endian: le, encoding: UTF-8}
seq:
  - {id: a, type: strz, encoding: UTF-16LE}
  - {id: b, type: u1}
