# bytes: 01 02 03
# a.z = 1
# b.x.z = 2
# b.y = 3
meta: {id: types_nested, endian: le, encoding: UTF-8}
seq:
  - {id: a, type: 'o::i'}
  - {id: b, type: o}
types:
  o:
    seq:
      - {id: x, type: i}
      - {id: y, type: u1}
    types:
      i:
        seq: [{id: z, type: u1}]
