# bytes: 00
# a = 0.5
meta: {id: float_spelling}
doc: YAML has more spellings of floats than expressions
instances:
  a: {value: .5}
