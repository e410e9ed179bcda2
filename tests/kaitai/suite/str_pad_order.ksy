# bytes: 48 20 40 20 20
# a = b'H @'
meta: {id: str_pad_order, endian: le, encoding: UTF-8}
seq:
  - {id: a, type: str, size: 5, terminator: 0x40, include: true, pad-right: 0x20}
