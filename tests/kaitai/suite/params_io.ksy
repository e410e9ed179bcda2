# bytes: 01 02 03
# s.x = 2
meta: {id: params_io, endian: le, encoding: UTF-8}
seq:
  - {id: a, size: 2, type: raw}
  - {id: s, type: t(a._io)}
types:
  raw: {}
  t:
    params: [{id: of, type: io}]
    instances: {x: {io: of, pos: 1, type: u1}}
