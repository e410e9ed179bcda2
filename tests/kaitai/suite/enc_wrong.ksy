# bytes: ff fe
# a ! K005
meta: {id: enc_wrong, endian: le, encoding: UTF-8}
seq:
  - {id: a, type: str, size: 2}
