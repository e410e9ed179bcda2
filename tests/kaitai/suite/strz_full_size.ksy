# bytes: 48 69 41 42 07
# a = b'HiAB'
# b = 7
meta: {id: strz_full_size, endian: le, encoding: UTF-8}
seq:
  - {id: a, type: strz, size: 4}
  - {id: b, type: u1}
