/** SQL as a module, because it must load both from source and from the bundled engine. Times are milliseconds since the epoch. */
export default `
CREATE TABLE artifacts (
  digest TEXT PRIMARY KEY,
  kind TEXT NOT NULL,
  rows INTEGER,
  columns TEXT,
  bytes INTEGER NOT NULL,
  made INTEGER NOT NULL,
  last_used INTEGER NOT NULL,
  pinned INTEGER NOT NULL DEFAULT 0,
  damaged INTEGER NOT NULL DEFAULT 0
) STRICT;

-- Kept after its artifacts are collected: it explains the next miss and how long the node took.
CREATE TABLE actions (
  key TEXT PRIMARY KEY,
  node_type TEXT NOT NULL,
  ingredients TEXT NOT NULL,
  seconds REAL NOT NULL,
  made INTEGER NOT NULL
) STRICT;

CREATE TABLE action_outputs (
  action TEXT NOT NULL REFERENCES actions (key) ON DELETE CASCADE,
  port TEXT NOT NULL,
  kind TEXT NOT NULL,
  digest TEXT NOT NULL,
  PRIMARY KEY (action, port)
) STRICT, WITHOUT ROWID;
CREATE INDEX action_outputs_by_digest ON action_outputs (digest);

CREATE TABLE row_operations (
  operation TEXT PRIMARY KEY,
  node_type TEXT NOT NULL,
  last_used INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Using an action's outputs again counts as using its row results.
CREATE TABLE action_operations (
  action TEXT NOT NULL,
  operation TEXT NOT NULL REFERENCES row_operations (operation) ON DELETE CASCADE,
  PRIMARY KEY (action, operation)
) STRICT, WITHOUT ROWID;

CREATE TABLE row_results (
  operation TEXT NOT NULL,
  row TEXT NOT NULL,
  value TEXT NOT NULL,
  made INTEGER NOT NULL,
  PRIMARY KEY (operation, row)
) STRICT, WITHOUT ROWID;

-- Digest of a file's bytes while size, times (ns, as text: they exceed doubles) and inode stay.
CREATE TABLE source_files (
  path TEXT PRIMARY KEY,
  stamp TEXT NOT NULL,
  digest TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE runs (
  id TEXT PRIMARY KEY,
  file TEXT,
  title TEXT NOT NULL,
  workflow TEXT NOT NULL,
  process TEXT NOT NULL,
  started INTEGER NOT NULL,
  finished INTEGER,
  outcome TEXT
) STRICT, WITHOUT ROWID;
CREATE INDEX runs_unfinished ON runs (id) WHERE finished IS NULL;

CREATE TABLE node_runs (
  sequence INTEGER PRIMARY KEY,
  run TEXT NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
  node TEXT NOT NULL,
  type TEXT NOT NULL,
  key TEXT,
  status TEXT NOT NULL,
  seconds REAL,
  error TEXT,
  UNIQUE (run, node)
) STRICT;
CREATE INDEX node_runs_by_node ON node_runs (node, type);
CREATE INDEX node_runs_by_key ON node_runs (key);

CREATE TABLE locks (
  name TEXT PRIMARY KEY,
  run TEXT NOT NULL,
  process TEXT NOT NULL,
  since INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
`;
