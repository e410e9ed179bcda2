# bytes: 03 41 42
# a = b'BA'
meta: {id: proc_xor_field, endian: le, encoding: UTF-8}
seq:
  - {id: k, size: 1}
  - {id: a, size: 2, process: xor(k)}
