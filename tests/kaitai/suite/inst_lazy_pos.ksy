# bytes: 02 07 08
# at = 1
# c = 8
meta: {id: inst_lazy_pos, endian: le, encoding: UTF-8}
seq:
  - {id: a, type: u1}
  - {id: b, type: u1, if: at == 1}
  - {id: c, type: u1}
instances:
  at: {value: _io.pos}
