# bytes: 48 00 69 00 00
# a = b'H\x00'
meta: {id: str_pad_is_term, endian: le, encoding: UTF-8}
seq:
  - {id: a, type: str, size: 5, terminator: 0, include: true, pad-right: 0}
