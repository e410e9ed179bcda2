# bytes: 81 40
# a = b'\x03\x80'
meta: {id: proc_rol, endian: le, encoding: UTF-8}
seq:
  - {id: a, size: 2, process: rol(1)}
