# bytes: 48 69 20 20 07
# a = b'Hi'
# b = 7
meta: {id: str_pad, endian: le, encoding: UTF-8}
seq:
  - {id: a, type: str, size: 4, pad-right: 0x20}
  - {id: b, type: u1}
