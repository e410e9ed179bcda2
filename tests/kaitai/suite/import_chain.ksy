# bytes: 01 05 07
# a.c = 1 red
# a.n.value = 5
# b.x = 7
meta: {id: import_chain, imports: [lib/colors]}
seq:
  - {id: a, type: colors}
  - {id: b, type: 'colors::pair'}
