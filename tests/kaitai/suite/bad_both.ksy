# error: 4: either size or size-eos
meta: {id: bad}
seq:
  - {id: a, size: 3, size-eos: true}
