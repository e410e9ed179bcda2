# bytes: 0a 0b 0c
# last = 12
# two = [11, 12]
meta: {id: inst_pos, endian: le, encoding: UTF-8}
seq:
  - {id: a, type: u1}
instances:
  last: {pos: _io.size - 1, type: u1}
  two: {pos: a - 9, type: u1, repeat: expr, repeat-expr: 2}
