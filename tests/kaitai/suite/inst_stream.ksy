# bytes: 02 61 62 63
# whole = stream of 4 bytes
# inner = stream of 2 bytes
# t.of = stream of 2 bytes
# t.x = 98
meta: {id: inst_stream, endian: le}
seq:
  - {id: n, type: u1}
  - {id: body, size: n, type: raw}
  - {id: t, type: t(body._io)}
  - {id: rest, size-eos: true}
types:
  raw: {}
  t:
    params: [{id: of, type: io}]
    instances: {x: {io: of, pos: 1, type: u1}}
instances:
  whole: {value: _io}
  inner: {value: body._io}
