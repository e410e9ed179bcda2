# error: 4: the process my.cipher is a program of its own
meta: {id: bad}
seq:
  - {id: a, size: 4, process: my.cipher(3)}
