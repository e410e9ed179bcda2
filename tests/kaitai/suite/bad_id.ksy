# error: 2: a description has an id
meta: {endian: le}
seq: []
