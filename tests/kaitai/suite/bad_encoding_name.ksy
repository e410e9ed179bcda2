# error: 4: the encoding "klingon" is not known
meta: {id: bad}
seq:
  - {id: a, type: strz, encoding: klingon}
