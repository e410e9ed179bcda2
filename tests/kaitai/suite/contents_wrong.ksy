# bytes: 50 4c 07
# a ! K002
# a = b'PL'
# b = absent
meta: {id: contents_wrong, endian: le, encoding: UTF-8}
seq:
  - {id: a, contents: PK}
  - {id: b, type: u1}
