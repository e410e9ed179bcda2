# bytes: 41 42 43
# a = b'@@B'
meta: {id: proc_xor_bytes, endian: le, encoding: UTF-8}
seq:
  - {id: a, size: 3, process: "xor([1, 2])"}
