# bytes: 49 49 01 00
# a = 18761
# body.x = 1
meta: {id: endian_switch_le}
seq:
  - {id: a, type: u2le}
  - {id: body, type: body}
types:
  body:
    meta:
      endian:
        switch-on: _root.a
        cases:
          0x4949: le
          0x4d4d: be
    seq: [{id: x, type: u2}]
