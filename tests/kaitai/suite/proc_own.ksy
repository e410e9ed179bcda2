# bytes: 61 62 63 64 02 65 66 67 68
# alone: its program isn't there
# _raw_a ! K008
# _raw_b ! K008
# n = 2
# _raw_list[0] ! K008
# _raw_list[1] ! K008
# list_size = 2
# needs ! K008
# needs_more ! K008
# _raw_checked ! K008
# last = b'h'
meta: {id: proc_own, endian: le, encoding: UTF-8}
seq:
  - {id: a, size: 2, process: cipher}
  - {id: b, size: 2, process: 'my.cipher(n_key, [1, 2])', type: inner}
  - {id: n, type: u1}
  - {id: list, size: 1, process: my.cipher(3), repeat: expr, repeat-expr: n}
  - {id: checked, size: 1, process: my.cipher(3), valid: '[1]'}
  - {id: last, type: str, size: 1}
instances:
  n_key: {value: 7}
  list_size: {value: list.size}
  needs: {value: b.x + 1}
  needs_more: {value: needs + 1}
types:
  inner: {seq: [{id: x, type: u1}]}
