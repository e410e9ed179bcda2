# bytes: 80
# a = True
# at_end = False
# pos = 1
meta: {id: bits_eof, endian: le, encoding: UTF-8}
seq:
  - {id: a, type: b1}
instances:
  at_end: {value: _io.eof}
  pos: {value: _io.pos}
