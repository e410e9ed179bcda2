# bytes: e9
# a = b'\xc3\xa9'
meta: {id: enc_latin1, endian: le, encoding: UTF-8}
seq:
  - {id: a, type: str, size: 1, encoding: ISO-8859-1}
