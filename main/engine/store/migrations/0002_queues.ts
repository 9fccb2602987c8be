/** Rows that wait for people. Their answers are kept for ever: nobody can compute them again. */
export default `
ALTER TABLE actions ADD COLUMN outdated INTEGER NOT NULL DEFAULT 0;

CREATE TABLE queues (
  action TEXT PRIMARY KEY,
  operation TEXT NOT NULL,
  node TEXT NOT NULL,
  title TEXT NOT NULL,
  file TEXT,
  filled INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX queues_by_operation ON queues (operation);

CREATE TABLE queue_items (
  action TEXT NOT NULL REFERENCES queues (action) ON DELETE CASCADE,
  row TEXT NOT NULL,
  position INTEGER NOT NULL,
  id TEXT NOT NULL,
  before TEXT NOT NULL,
  draft TEXT NOT NULL,
  PRIMARY KEY (action, row)
) STRICT, WITHOUT ROWID;
CREATE INDEX queue_items_in_order ON queue_items (action, position);

CREATE TABLE queue_answers (
  operation TEXT NOT NULL,
  row TEXT NOT NULL,
  state TEXT NOT NULL,
  text TEXT NOT NULL,
  answered INTEGER NOT NULL,
  PRIMARY KEY (operation, row)
) STRICT, WITHOUT ROWID;
`;
