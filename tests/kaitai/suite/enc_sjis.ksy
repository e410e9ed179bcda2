# bytes: 82 a0
# a = b'\xe3\x81\x82'
meta: {id: enc_sjis, endian: le, encoding: UTF-8}
seq:
  - {id: a, type: str, size: 2, encoding: SJIS}
