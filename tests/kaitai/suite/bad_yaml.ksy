# error: 5: this is no YAML
meta: {id: bad}
seq:
  - [
