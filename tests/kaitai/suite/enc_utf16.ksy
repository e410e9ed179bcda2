# bytes: 48 00 e9 00
# a = b'H\xc3\xa9'
meta: {id: enc_utf16, endian: le, encoding: UTF-8}
seq:
  - {id: a, type: str, size: 4, encoding: UTF-16LE}
