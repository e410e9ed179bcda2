# bytes: 01 61 62 10
# a = b'\x01ab\x10'
meta: {id: contents_mixed, endian: le, encoding: UTF-8}
seq:
  - {id: a, contents: [1, ab, 0x10]}
