# bytes: 48 69 7c 21
# a = b'Hi'
# b = 124
meta: {id: str_no_consume, endian: le, encoding: UTF-8}
seq:
  - {id: a, type: str, terminator: 0x7c, consume: false}
  - {id: b, type: u1}
