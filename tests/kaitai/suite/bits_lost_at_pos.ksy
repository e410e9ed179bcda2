# bytes: ff 0f
# a = 15
# b = 0
meta: {id: bits_lost_at_pos, endian: le, encoding: UTF-8}
seq:
  - {id: a, type: b4}
  - {id: b, type: b4, if: far == 15}
instances:
  far: {pos: 1, type: u1}
