# bytes: 05
# r0 = 5
# r1 = -5
# r2 = 80
meta: {id: ex_deep, endian: le, encoding: UTF-8}
seq:
  - {id: a, type: u1}
instances:
  r0:
    value: |-
      ((((((((((a))))))))))
  r1:
    value: |-
      -(-(-a))
  r2:
    value: |-
      a+a+a+a+a+a+a+a+a+a+a+a+a+a+a+a
