# bytes: 81
# a = b'\xc3\xbc'
meta: {id: enc_cp437, endian: le, encoding: UTF-8}
seq:
  - {id: a, type: str, size: 1, encoding: IBM437}
