# error: 4: is no name of a process
meta: {id: bad}
seq:
  - {id: a, size: 4, process: my.Cipher(3)}
