# error: 4: nope is no enum
meta: {id: bad}
seq:
  - {id: a, type: u1, enum: nope}
