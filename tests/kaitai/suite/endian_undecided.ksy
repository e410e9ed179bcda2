# bytes: 01 00 00 00
# body ! K003
# a = 1
meta: {id: endian_undecided}
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
    seq: [{id: x, type: u2}]
