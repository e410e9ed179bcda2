# bytes: 4d 4d 00 01 00 02
# body.x = 1
# body.y.z = 2
meta: {id: endian_switch_be}
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
          _: be
    seq:
      - {id: x, type: u2}
      - {id: y, type: inner}
    types:
      inner:
        seq: [{id: z, type: u2}]
