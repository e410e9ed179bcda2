# bytes: 81 01 05
# a.value = 129
meta: {id: import_absolute, imports: [/vlq]}
seq:
  - {id: a, type: vlq}
