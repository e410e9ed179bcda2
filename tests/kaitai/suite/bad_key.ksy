# error: 5: has no key siez; did you mean size
meta: {id: bad}
seq:
  - id: a
    siez: 4
