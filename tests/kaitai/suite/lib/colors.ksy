meta: {id: colors, imports: [vlq]}
seq:
  - {id: c, type: u1, enum: color}
  - {id: n, type: vlq}
types:
  pair: {seq: [{id: x, type: u1}]}
enums: {color: {1: red}}
