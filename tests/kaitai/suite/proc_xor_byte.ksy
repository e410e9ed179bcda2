# bytes: 41 42
# a = b'BA'
meta: {id: proc_xor_byte, endian: le, encoding: UTF-8}
seq:
  - {id: a, size: 2, process: xor(3)}
