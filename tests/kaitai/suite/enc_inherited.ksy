# bytes: e9 c3 a9
# a.x = b'\xc3\xa9'
# b = b'\xc3\xa9'
meta: {id: enc_inherited, endian: le, encoding: UTF-8}
seq:
  - {id: a, type: latin}
  - {id: b, type: str, size: 2}
types:
  latin:
    meta: {encoding: ISO-8859-1}
    seq: [{id: x, type: str, size: 1}]
