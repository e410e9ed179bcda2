# bytes: 48 69 00 41 42 07
# a = b'Hi'
# b = 7
meta: {id: str_size_term, endian: le, encoding: UTF-8}
seq:
  - {id: a, type: str, size: 5, terminator: 0}
  - {id: b, type: u1}
