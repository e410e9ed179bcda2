# bytes: 48 40 69 20 20
# a = b'H'
meta: {id: str_pad_then_term, endian: le, encoding: UTF-8}
seq:
  - {id: a, type: str, size: 5, terminator: 0x40, pad-right: 0x20}
