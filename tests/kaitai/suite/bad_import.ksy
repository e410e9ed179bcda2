# error: 2: no file nowhere.ksy
meta: {id: bad, imports: [nowhere]}
seq: []
