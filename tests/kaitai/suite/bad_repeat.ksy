# error: 4: repeat-expr is missing
meta: {id: bad}
seq:
  - {id: a, type: u1, repeat: expr}
