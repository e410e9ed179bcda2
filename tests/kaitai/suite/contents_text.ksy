# bytes: 50 4b 03 04
# a = b'PK'
# b = b'\x03\x04'
meta: {id: contents_text, endian: le, encoding: UTF-8}
seq:
  - {id: a, contents: PK}
  - {id: b, contents: [3, 0x04]}
