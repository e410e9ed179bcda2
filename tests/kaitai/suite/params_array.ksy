# bytes: 01 02 03
# s.last = 3
meta: {id: params_array, endian: le, encoding: UTF-8}
seq:
  - {id: l, type: u1, repeat: eos}
  - {id: s, type: t(l)}
types:
  t:
    params: [{id: of, type: 'u1[]'}]
    instances: {last: {value: of.last}}
