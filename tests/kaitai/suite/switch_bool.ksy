# bytes: 01
# v.y = 3
meta: {id: switch_bool, endian: le, encoding: UTF-8}
seq:
  - {id: k, type: u1}
  - id: v
    type:
      switch-on: k > 1
      cases:
        true: u1
        false: t
types:
  t: {instances: {y: {value: 3}}}
