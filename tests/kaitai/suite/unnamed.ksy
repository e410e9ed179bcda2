# bytes: 01 02 03
# a = 1
# _unnamed1 = b'\x02'
# b = 3
meta: {id: unnamed, endian: le, encoding: UTF-8}
seq:
  - {id: a, type: u1}
  - size: 1
  - {id: b, type: u1}
