# bytes: 48 69 7c 21
# a = b'Hi'
# b = 33
meta: {id: str_term, endian: le, encoding: UTF-8}
seq:
  - {id: a, type: str, terminator: 0x7c}
  - {id: b, type: u1}
