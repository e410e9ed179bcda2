# error: 4: no field and no method is called lenght
meta: {id: bad}
seq:
  - {id: a, size: "[1].lenght"}
