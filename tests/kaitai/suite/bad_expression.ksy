# error: 4: expected a value
meta: {id: bad}
seq:
  - {id: a, size: 4 +}
