# bytes: 02 07 08
# x = 7
meta: {id: inst_io_other, endian: le, encoding: UTF-8}
seq:
  - {id: a, size: 2, type: raw}
instances:
  x: {io: a._io, pos: 1, type: u1}
types:
  raw: {}
