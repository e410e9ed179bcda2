# bytes: 48 69 7c 21
# a = b'Hi|'
# b = 33
meta: {id: str_include, endian: le, encoding: UTF-8}
seq:
  - {id: a, type: str, terminator: 0x7c, include: true}
  - {id: b, type: u1}
