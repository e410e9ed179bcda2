# error: 4: expr stands alone in valid
meta: {id: bad}
seq:
  - {id: a, type: u1, valid: {min: 1, expr: "true"}}
