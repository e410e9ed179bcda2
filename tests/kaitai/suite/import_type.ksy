# bytes: 81 01 05
# v = 129
# b = 5
meta: {id: import_type, imports: [lib/vlq]}
seq:
  - {id: a, type: vlq}
  - {id: b, type: u1}
instances: {v: {value: a.value}}
