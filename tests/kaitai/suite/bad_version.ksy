# error: 2: asks for version 0.99
meta: {id: bad, ks-version: 0.99}
seq: []
