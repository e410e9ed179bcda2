# error: 4: t takes 1 parameters, not 0
meta: {id: bad}
seq:
  - {id: a, type: t}
types:
  t: {params: [{id: n, type: u1}]}
