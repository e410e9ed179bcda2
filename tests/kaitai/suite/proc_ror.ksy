# bytes: 81 40
# a = b'\xc0 '
meta: {id: proc_ror, endian: le, encoding: UTF-8}
seq:
  - {id: a, size: 2, process: ror(1)}
