# error: 5: a is declared here twice
meta: {id: bad}
seq:
  - {id: a, type: u1}
  - {id: a, type: u1}
