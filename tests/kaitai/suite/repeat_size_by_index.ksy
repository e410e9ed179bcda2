# bytes: 01 02 03 04 05 06
# a = [b'\x01', b'\x02\x03', b'\x04\x05\x06']
meta: {id: repeat_size_by_index, endian: le, encoding: UTF-8}
seq:
  - {id: a, size: _index + 1, repeat: expr, repeat-expr: 3}
