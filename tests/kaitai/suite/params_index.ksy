# bytes: 01 02 03
# s[0].sum = 1
# s[2].sum = 23
meta: {id: params_index, endian: le, encoding: UTF-8}
seq:
  - {id: s, type: t(_index * 10), repeat: expr, repeat-expr: 3}
types:
  t:
    params: [{id: i, type: s4}]
    seq: [{id: n, type: u1}]
    instances: {sum: {value: i + n}}
