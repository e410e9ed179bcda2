# bytes: 48 69
# a ! K001
meta: {id: strz_unended, endian: le, encoding: UTF-8}
seq:
  - {id: a, type: strz}
