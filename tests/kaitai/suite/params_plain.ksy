# bytes: 03 61 62 63
# s.body = b'abc'
# s.len = 3
# s.tag = b'x'
# s.all = b'xabc'
meta: {id: params_plain, endian: le, encoding: UTF-8}
seq:
  - {id: n, type: u1}
  - {id: s, type: 't(n, "x")'}
types:
  t:
    params:
      - {id: len, type: u1}
      - {id: tag, type: str}
    seq: [{id: body, type: str, size: len}]
    instances: {all: {value: tag + body}}
