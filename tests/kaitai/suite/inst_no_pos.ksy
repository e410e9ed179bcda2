# bytes: 02 07 08
# here = 7
# b = 8
meta: {id: inst_no_pos, endian: le, encoding: UTF-8}
seq:
  - {id: a, type: u1}
  - {id: b, type: u1, if: here == 7}
instances:
  here: {type: u1}
