# error: 4: text has an encoding
meta: {id: bad}
seq:
  - {id: a, type: strz}
