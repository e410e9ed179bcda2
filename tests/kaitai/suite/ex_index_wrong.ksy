# bytes: 05
# r0 ! K003
# r1 = 5
meta: {id: ex_index_wrong, endian: le, encoding: UTF-8}
seq:
  - {id: a, type: u1}
instances:
  r0:
    value: |-
      [1000, 2][2]
  r1:
    value: |-
      a
