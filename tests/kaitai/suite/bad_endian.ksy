# error: 4: u2 has no byte order
meta: {id: bad}
seq:
  - {id: a, type: u2}
