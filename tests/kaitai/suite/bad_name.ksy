# error: 4: bad has no field lenn; did you mean len
meta: {id: bad}
seq:
  - {id: a, size: lenn}
  - {id: len, type: u1}
