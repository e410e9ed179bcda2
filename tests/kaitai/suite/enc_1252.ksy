# bytes: 80
# a = b'\xe2\x82\xac'
meta: {id: enc_1252, endian: le, encoding: UTF-8}
seq:
  - {id: a, type: str, size: 1, encoding: windows-1252}
