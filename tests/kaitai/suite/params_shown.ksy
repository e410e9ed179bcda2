# bytes: 01 02 03 04 05 06
# b.one.x = 1
# b.all[1].x = 3
# b.y = 6
# b.sum = 6
# b.raw = b'\x04\x05'
meta: {id: params_shown, endian: le, encoding: UTF-8}
seq:
  - {id: a, type: s}
  - {id: l, type: s, repeat: expr, repeat-expr: 2}
  - {id: r, size: 2}
  - {id: b, type: 't(a, l, _root, [a, l[0]], r)'}
types:
  s: {seq: [{id: x, type: u1}]}
  t:
    params:
      - {id: one, type: s}
      - {id: all, type: 's[]'}
      - {id: whole, type: struct}
      - {id: some, type: 's[]'}
      - {id: raw}
    seq: [{id: y, type: u1}]
    instances:
      sum: {value: 'all[1].x + one.x + some.last.x'}
