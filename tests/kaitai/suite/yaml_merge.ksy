# alone: the compiler in Node.js gets YAML 1.2, which has no merge keys
# bytes: 01 02 03
# a = 1
# b = 2
# c = 3
meta: {id: yaml_merge, endian: le, encoding: UTF-8}
-shared:
  byte: &byte {type: u1, doc: a byte}
seq:
  - {<<: *byte, id: a}
  - {id: b, <<: [*byte, {type: u2}]}
  - <<: *byte
    id: c
    doc: its own
