# bytes: 61 00 62 63 00
# a = [b'a', b'bc']
meta: {id: repeat_strz, endian: le, encoding: UTF-8}
seq:
  - {id: a, type: strz, repeat: eos}
