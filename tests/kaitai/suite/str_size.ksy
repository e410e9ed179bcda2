# bytes: 48 69 21
# a = b'Hi!'
meta: {id: str_size, endian: le, encoding: UTF-8}
seq:
  - {id: a, type: str, size: 3}
