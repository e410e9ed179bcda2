# bytes: 48 69 00 07
# a = b'Hi\x00'
# b = 0
meta: {id: strz_include, endian: le, encoding: UTF-8}
seq:
  - {id: a, type: strz, include: true, consume: false}
  - {id: b, type: u1}
