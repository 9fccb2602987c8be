import { defineNode, files, output, text } from '../kit/index.ts';

const spec = defineNode({
  type: 'corpus',
  version: 2,
  title: 'Corpus',
  category: 'data',
  summary: 'Reads documents from files: JSONL, CSV, TSV, Parquet or plain text.',
  help:
    'Every document becomes a row with `id` and `text`, followed by the columns that the file has besides. Files are read in the order of ' +
    'the list and must be UTF-8. All but Parquet may be compressed (`.gz`, and `.zst` where Node can read it). In JSONL a line is one ' +
    'object, in plain text a line is one document, and CSV and TSV start with a header. Nested JSON is kept as JSON text.\n\n' +
    'Several files become one corpus: columns of the same name are one column, a document without it has none there, and `source` says ' +
    'which file a document is from. If two files use the same id, every id gets the name of its file in front. The cache follows what is ' +
    'in the files and what they are called, which ids may be made of: an edited or renamed file is read again, a touched or moved one is not.',
  effects: 'pure',
  resource: 'cpu',
  inputs: {},
  outputs: { corpus: output('corpus', { title: 'Corpus', help: 'All documents, in the order of the files.' }) },
  params: {
    files: files({
      title: 'Files',
      help: 'One or more files of documents, read in this order.',
      default: [],
      extensions: ['jsonl', 'ndjson', 'csv', 'tsv', 'txt', 'parquet', 'gz', 'zst'],
    }),
    textColumn: text({
      title: 'Text column',
      help: 'The column or JSON field that holds the document. Plain text files need none.',
      default: 'text',
    }),
    idColumn: text({
      title: 'Id column',
      help: 'The column with a unique id. Empty: `id` where it is unique, otherwise file name and line number.',
      default: '',
      optional: true,
      advanced: true,
    }),
  },
});
export default spec;
