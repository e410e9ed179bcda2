# error: 4: has no member redd; did you mean red
meta: {id: bad}
seq:
  - {id: a, size: "e::redd.to_i"}
enums: {e: {1: red}}
