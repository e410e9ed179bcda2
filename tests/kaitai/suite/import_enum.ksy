# bytes: 01
# a = 1 red
meta: {id: import_enum, imports: [lib/colors]}
seq:
  - {id: a, type: u1, enum: 'colors::color'}
