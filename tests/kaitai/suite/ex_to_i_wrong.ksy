# bytes: 05
# r0 ! K003
# r1 ! K003
# r2 = 5
meta: {id: ex_to_i_wrong, endian: le, encoding: UTF-8}
seq:
  - {id: a, type: u1}
instances:
  r0:
    value: |-
      "zz".to_i
  r1:
    value: |-
      "12z".to_i
  r2:
    value: |-
      a
