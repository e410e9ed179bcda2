# bytes: 41 42 00 07
# a = b'@C'
# b = 7
meta: {id: proc_term, endian: le, encoding: UTF-8}
seq:
  - {id: a, terminator: 0, process: xor(1)}
  - {id: b, type: u1}
