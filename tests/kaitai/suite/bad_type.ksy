# error: 4: no type is called nope
meta: {id: bad}
seq:
  - {id: a, type: nope}
