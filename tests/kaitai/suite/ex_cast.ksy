# bytes: 05
# r0 = 2
# r1 = 2
# r2 = 5
meta: {id: ex_cast, endian: le, encoding: UTF-8}
seq:
  - {id: a, type: u1}
instances:
  r0:
    value: |-
      [1, 2].as<bytes>.length
  r1:
    value: |-
      [1, 2].as<u4[]>.size
  r2:
    value: |-
      a.as<u1>
