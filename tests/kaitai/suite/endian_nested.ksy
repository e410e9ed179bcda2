# bytes: 01 00 00 01 01 00
# a = 1
# b.x = 1
# c.x = 1
meta: {id: endian_nested, endian: le, encoding: UTF-8}
seq:
  - {id: a, type: u2}
  - {id: b, type: big}
  - {id: c, type: same}
types:
  big:
    meta: {endian: be}
    seq: [{id: x, type: u2}]
  same:
    seq: [{id: x, type: u2}]
