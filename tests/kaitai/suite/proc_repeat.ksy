# bytes: 41 42 43 44
# a = [b'@C', b'BE']
meta: {id: proc_repeat, endian: le, encoding: UTF-8}
seq:
  - {id: a, size: 2, process: xor(1), repeat: eos}
