"""Many reports: folders in, one output tree out, and again after one file changed.

`run.build_many` is the whole of it: `find` lists the reports, `work` builds one in a worker of `pool`, `records` keep
results, `index` holds what all of them said, `identity` and `decisions` make one node of what is one, `parts` writes
partitions, `compare` and `align` answer questions over years and places.
"""
