# bytes: 01 02 ff ff
# a = b'\x01\x02'
meta: {id: bytes_pad, endian: le, encoding: UTF-8}
seq:
  - {id: a, size: 4, pad-right: 0xff}
