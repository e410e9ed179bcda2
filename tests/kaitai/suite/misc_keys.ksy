# bytes: 01
# a = 1
meta: {id: misc_keys, title: t, file-extension: [x, y], license: CC0-1.0, ks-version: 0.9, xref: {w: 1}, tags: [q], -vendor: 1}
doc: Some words
doc-ref: a book
-note: {any: thing}
seq:
  - id: a
    type: u1
    doc: a number
    -orig-id: A
