# bytes: 05 07
# s.sum = 12
meta: {id: params_object, endian: le, encoding: UTF-8}
seq:
  - {id: h, type: h}
  - {id: s, type: t(h)}
types:
  h:
    seq: [{id: n, type: u1}]
  t:
    params: [{id: of, type: h}]
    seq: [{id: m, type: u1}]
    instances: {sum: {value: of.n + m}}
