# alone: the compiler in Node.js gets YAML 1.2, which has other truth values
# bytes: 61 62 63
# a = b'a'
# b = b'bc'
# t = True
meta: {id: yaml_spellings, endian: le, encoding: UTF-8}
seq:
  - {id: a, type: str, terminator: 0x62, consume: False}
  - {id: b, size-eos: TRUE}
instances:
  t: {value: True}
