# bytes: 02
# a = 2
# again ! K007
# alone: it is read without end
meta: {id: inst_self, endian: le, encoding: UTF-8}
seq:
  - {id: a, type: u1}
instances:
  again: {pos: 0, type: inst_self}
