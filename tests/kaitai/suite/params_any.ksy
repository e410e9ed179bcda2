# bytes: 01 02
# n.same = 7
# n.more = 8
# t.same = b'x'
meta: {id: params_any, encoding: ASCII}
seq:
  - {id: n, type: number(7)}
  - {id: t, type: 'text("x")'}
types:
  number:
    params: [{id: p, type: any}]
    seq: [{id: a, type: u1}]
    instances:
      same: {value: p}
      more: {value: p.as<u1> + 1}
  text:
    params: [{id: p, type: any}]
    seq: [{id: a, type: u1}]
    instances:
      same: {value: p}
