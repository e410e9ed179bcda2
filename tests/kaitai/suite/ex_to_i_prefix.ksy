# bytes: 30 78 31 66
# hex = 31
# minus = -5
# alone = 10
meta: {id: ex_to_i_prefix, endian: le, encoding: UTF-8}
seq:
  - {id: a, type: str, size: 4}
instances:
  hex: {value: a.to_i(16)}
  minus: {value: '"-0b101".to_i(2)'}
  alone: {value: '"0b".to_i(16) - 1'}
