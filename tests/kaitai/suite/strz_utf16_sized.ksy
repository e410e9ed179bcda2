# bytes: 00 48 00 00 00 49 07
# a = b'H'
# b = 7
meta: {id: strz_utf16_sized, endian: le, encoding: UTF-8}
seq:
  - {id: a, type: strz, size: 6, encoding: UTF-16BE}
  - {id: b, type: u1}
