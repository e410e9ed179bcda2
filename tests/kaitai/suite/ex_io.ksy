# bytes: 05 06
# r0 = 2
# r1 = 1
# r2 = False
# r3 = 2
meta: {id: ex_io, endian: le, encoding: UTF-8}
seq:
  - {id: a, type: u1}
instances:
  r0:
    value: |-
      _io.size
  r1:
    value: |-
      _io.pos
  r2:
    value: |-
      _io.eof
  r3:
    value: |-
      _root._io.size
